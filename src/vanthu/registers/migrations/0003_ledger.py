"""The numbers of a register are a ledger: they only grow, whoever asks, and its last time is kept."""

from __future__ import annotations

from django.db import migrations, models

LAST_TIMES = """
UPDATE registers_register register SET last_taken_at = (
    SELECT max(entry.taken_at) FROM registers_registerentry entry
    JOIN registers_registeryear year ON year.id = entry.register_year_id
    WHERE year.register_id = register.id
)
"""

CREATE = """
CREATE FUNCTION registers_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused: a register only grows', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE FUNCTION registers_year_counts_on() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.register_id, NEW.year) IS DISTINCT FROM (OLD.id, OLD.register_id, OLD.year)
       OR NEW.last_number NOT IN (OLD.last_number, OLD.last_number + 1) THEN
        RAISE EXCEPTION 'the counter of a register goes on by one, not from % to %',
            OLD.last_number, NEW.last_number USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;

CREATE FUNCTION registers_year_has_its_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.last_number > 0 AND NOT EXISTS (
        SELECT FROM registers_registerentry WHERE register_year_id = NEW.id AND number = NEW.last_number
    ) THEN
        RAISE EXCEPTION 'number % of the register was given to no document', NEW.last_number
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION registers_entry_is_next() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.number IS DISTINCT FROM (
        SELECT last_number FROM registers_registeryear WHERE id = NEW.register_year_id
    ) THEN
        RAISE EXCEPTION 'number % is not the one the register came to', NEW.number
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;

CREATE FUNCTION registers_entry_is_cancelled_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.register_year_id, NEW.number, NEW.document_id, NEW.taken_at)
       IS DISTINCT FROM (OLD.id, OLD.register_year_id, OLD.number, OLD.document_id, OLD.taken_at)
       OR OLD.cancelled_at IS NOT NULL OR NEW.cancelled_at IS NULL OR NEW.cancelled_reason = '' THEN
        RAISE EXCEPTION 'an entry is only ever cancelled, once, with a reason'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER registers_year_counts_on BEFORE UPDATE ON registers_registeryear
    FOR EACH ROW EXECUTE FUNCTION registers_year_counts_on();
CREATE CONSTRAINT TRIGGER registers_year_has_its_entry AFTER INSERT OR UPDATE ON registers_registeryear
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION registers_year_has_its_entry();
CREATE TRIGGER registers_year_never_deleted BEFORE DELETE ON registers_registeryear
    FOR EACH ROW EXECUTE FUNCTION registers_refuse();
CREATE TRIGGER registers_year_never_emptied BEFORE TRUNCATE ON registers_registeryear
    FOR EACH STATEMENT EXECUTE FUNCTION registers_refuse();
CREATE TRIGGER registers_entry_is_next BEFORE INSERT ON registers_registerentry
    FOR EACH ROW EXECUTE FUNCTION registers_entry_is_next();
CREATE TRIGGER registers_entry_is_cancelled_once BEFORE UPDATE ON registers_registerentry
    FOR EACH ROW EXECUTE FUNCTION registers_entry_is_cancelled_once();
CREATE TRIGGER registers_entry_never_deleted BEFORE DELETE ON registers_registerentry
    FOR EACH ROW EXECUTE FUNCTION registers_refuse();
CREATE TRIGGER registers_entry_never_emptied BEFORE TRUNCATE ON registers_registerentry
    FOR EACH STATEMENT EXECUTE FUNCTION registers_refuse();
"""

DROP = """
DROP TRIGGER registers_entry_never_emptied ON registers_registerentry;
DROP TRIGGER registers_entry_never_deleted ON registers_registerentry;
DROP TRIGGER registers_entry_is_cancelled_once ON registers_registerentry;
DROP TRIGGER registers_entry_is_next ON registers_registerentry;
DROP TRIGGER registers_year_never_emptied ON registers_registeryear;
DROP TRIGGER registers_year_never_deleted ON registers_registeryear;
DROP TRIGGER registers_year_has_its_entry ON registers_registeryear;
DROP TRIGGER registers_year_counts_on ON registers_registeryear;
DROP FUNCTION registers_entry_is_cancelled_once();
DROP FUNCTION registers_entry_is_next();
DROP FUNCTION registers_year_has_its_entry();
DROP FUNCTION registers_year_counts_on();
DROP FUNCTION registers_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("registers", "0002_longer_reason")]

    operations = [
        migrations.AddField(
            model_name="register", name="last_taken_at", field=models.DateTimeField(null=True)
        ),
        migrations.RunSQL(LAST_TIMES, migrations.RunSQL.noop),
        migrations.RunSQL(CREATE, DROP),
    ]
