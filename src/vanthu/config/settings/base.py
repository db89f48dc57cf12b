"""What both programs share. Every value that differs between machines comes from the environment."""

from __future__ import annotations

from pathlib import Path

from vanthu.config import environment

#: State of this installation: blobs, caches, logs. Nothing is written anywhere else.
VAR = Path(environment.text("VANTHU_VAR", "var")).resolve()

SECRET_KEY = environment.text("VANTHU_SECRET_KEY")
DEBUG = False
ALLOWED_HOSTS = environment.words("VANTHU_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")

DATABASES = {"default": environment.database(environment.text("DATABASE_URL"))}
DATABASES["default"]["CONN_MAX_AGE"] = 60
#: The role the programs work as; migrations (run as the owner) grant it what it may do, and no more.
DATABASE_APPLICATION_ROLE = environment.text("VANTHU_DATABASE_ROLE", "")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

USE_TZ = True
#: Registers count by the Vietnam calendar year (NĐ 30/2020 Điều 15), so local time is Vietnam's.
TIME_ZONE = "Asia/Ho_Chi_Minh"
LANGUAGE_CODE = "vi"
USE_I18N = True

BLOBS = VAR / "blobs"
STORAGES = {
    "blobs": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(BLOBS)},
    },
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
#: Every stored file is read again within so many days.
BLOB_CHECK_DAYS = max(1, environment.number("VANTHU_BLOB_CHECK_DAYS", 30))
#: Bytes that no row has spoken of for so many days are removed; 0: never.
BLOB_SWEEP_DAYS = max(0, environment.number("VANTHU_BLOB_SWEEP_DAYS", 30))
#: Megabytes free on the disk below which the administrator is warned.
LEAST_FREE = max(0, environment.number("VANTHU_LEAST_FREE_MB", 1024))
#: Files in forms are taken by no program unless it says how; the axis reads its bodies itself.
FILE_UPLOAD_HANDLERS: list[str] = []
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440

#: What strangers may take of one server process (ADR 0025): connections in all and of one address, and
#: seconds in which a request must begin to come, and an answer to be read.
WEB_THREADS = environment.positive("VANTHU_WEB_THREADS", 4)
WEB_CONNECTIONS = environment.positive("VANTHU_WEB_CONNECTIONS", 1000)
WEB_CONNECTIONS_PER_ADDRESS = environment.positive("VANTHU_WEB_CONNECTIONS_PER_ADDRESS", 200)
WEB_GRACE_SECONDS = environment.positive("VANTHU_WEB_GRACE_SECONDS", 20)
#: Whether people reach this installation over TLS, ended by a proxy in front of it.
HTTPS = environment.flag("VANTHU_HTTPS", False)
#: Addresses of the proxies in front of us, whose X-Forwarded-For and X-Forwarded-Proto are believed.
TRUSTED_PROXIES = environment.networks("VANTHU_TRUSTED_PROXIES", "127.0.0.1,::1" if HTTPS else "")

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": environment.text("VANTHU_LOG_LEVEL", "INFO")},
    # They greet at every start and at every request; a command's one line must stay one line.
    "loggers": {
        "procrastinate.blueprints": {"level": "WARNING"},
        "procrastinate.periodic": {"level": "WARNING"},
        "httpx": {"level": "WARNING"},
        # A queue of requests is what threads are for.
        "waitress": {"level": "WARNING"},
        "waitress.queue": {"level": "ERROR"},
    },
}
