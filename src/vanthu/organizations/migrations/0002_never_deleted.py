"""Users and posts are disabled or ended, never deleted, whoever asks."""

from __future__ import annotations

from django.db import migrations

CREATE = """
CREATE FUNCTION organizations_refuse_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused: its rows are never deleted', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER organizations_user_never_deleted BEFORE DELETE ON organizations_user
    FOR EACH ROW EXECUTE FUNCTION organizations_refuse_delete();
CREATE TRIGGER organizations_user_never_emptied BEFORE TRUNCATE ON organizations_user
    FOR EACH STATEMENT EXECUTE FUNCTION organizations_refuse_delete();
CREATE TRIGGER organizations_post_never_deleted BEFORE DELETE ON organizations_post
    FOR EACH ROW EXECUTE FUNCTION organizations_refuse_delete();
CREATE TRIGGER organizations_post_never_emptied BEFORE TRUNCATE ON organizations_post
    FOR EACH STATEMENT EXECUTE FUNCTION organizations_refuse_delete();
"""

DROP = """
DROP TRIGGER organizations_post_never_emptied ON organizations_post;
DROP TRIGGER organizations_post_never_deleted ON organizations_post;
DROP TRIGGER organizations_user_never_emptied ON organizations_user;
DROP TRIGGER organizations_user_never_deleted ON organizations_user;
DROP FUNCTION organizations_refuse_delete();
"""


class Migration(migrations.Migration):
    dependencies = [("organizations", "0001_initial")]

    operations = [migrations.RunSQL(CREATE, DROP)]
