"""Settings of `vanthu`, the document system."""

from __future__ import annotations

from pathlib import Path

from vanthu.config import environment
from vanthu.config.settings.base import *  # noqa: F403 - the shared settings are this module's own
from vanthu.config.settings.base import HTTPS, VAR

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "procrastinate.contrib.django",
    "django_htmx",
    "template_partials",
    "vanthu.kernel",
    "vanthu.organizations",
    "vanthu.registers",
    "vanthu.signing",
    "vanthu.workflow",
    "vanthu.documents",
    "vanthu.incoming",
    "vanthu.outgoing",
    "vanthu.exchange",
    "vanthu.interfaces.web",
    "vanthu.config",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "vanthu.interfaces.web.middleware.SecurityHeadersMiddleware",
    "vanthu.interfaces.web.reception.ReceptionMiddleware",
    "vanthu.interfaces.web.middleware.SessionKeepingMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "vanthu.interfaces.web.middleware.ActorMiddleware",
    "vanthu.interfaces.web.middleware.DomainErrorMiddleware",
]
ROOT_URLCONF = "vanthu.config.urls"
CSRF_FAILURE_VIEW = "vanthu.interfaces.web.errors.csrf_failed"
_WEB = Path(__file__).parents[2] / "interfaces" / "web"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        # Each group of screens keeps its templates beside its views.
        "DIRS": sorted(_WEB.glob("*/templates")),
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "vanthu.interfaces.web.context.shell",
            ],
        },
    }
]
STATIC_URL = "/static/"
#: Static files are served from where they lie in the package; nothing is collected anywhere.
STATIC_ROOT = None
WHITENOISE_USE_FINDERS = True

AUTH_USER_MODEL = "organizations.User"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
LOGIN_URL = "/dang-nhap/"
#: A session ends after eight idle hours, one working day, and with the browser (QCVN 12:2026/BCA). The hours
#: count from the last save, and `interfaces.web.session.keep` saves while the person is at work, typing too.
SESSION_COOKIE_AGE = environment.between("VANTHU_SESSION_SECONDS", 8 * 3600, least=300, most=24 * 3600)
#: Seconds after which even a person at work signs in anew (NIST SP 800-63B 4.2.3); pages warn before it.
SESSION_LONGEST = environment.between("VANTHU_SESSION_LONGEST_SECONDS", 86_400, least=3600, most=604_800)
SESSION_SAVE_EVERY_REQUEST = False
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
#: Two installations on one demo host must not overwrite each other's cookies.
SESSION_COOKIE_NAME = environment.text("VANTHU_COOKIE_PREFIX", "vanthu") + "_session"
CSRF_COOKIE_NAME = environment.text("VANTHU_COOKIE_PREFIX", "vanthu") + "_csrf"
DEVICE_COOKIE_NAME = environment.text("VANTHU_COOKIE_PREFIX", "vanthu") + "_device"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
if HTTPS:
    # The server lets it through from the proxies of VANTHU_TRUSTED_PROXIES alone.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    CSRF_TRUSTED_ORIGINS = environment.origins("VANTHU_PUBLIC_URL")
    SECURE_HSTS_SECONDS = 365 * 24 * 3600

#: The axis this installation is joined to; without an address, nothing leaves it.
AXIS_URL = environment.text("VANTHU_AXIS_URL", "")
AXIS_SYSTEM_ID = environment.text("VANTHU_AXIS_SYSTEM_ID", "")
AXIS_SECRET = environment.text("VANTHU_AXIS_SECRET", "")
#: Seconds between two looks into the axis mailbox.
AXIS_POLL_SECONDS = environment.number("VANTHU_AXIS_POLL_SECONDS", 60)

#: Folder of trusted root certificates (*.pem), and the time-stamp service (NĐ 68/2024 Điều 6).
TRUST = environment.text("VANTHU_TRUST", str(VAR / "trust"))
#: Hosts («name» or «name:port») of revocation services on this machine or a private network: nothing there is
#: asked on behalf of a file unless it is listed.
REVOCATION_HOSTS = environment.words("VANTHU_REVOCATION_HOSTS")
TSA_URL = environment.text("VANTHU_TSA_URL", "")
PKCS11_MODULE = environment.text("VANTHU_PKCS11_MODULE", "/usr/lib/softhsm/libsofthsm2.so")

#: Days nobody works, beside Saturdays and Sundays (Bộ luật Lao động Điều 112): Tết Dương lịch, Chiến thắng,
#: Quốc tế lao động and Quốc khánh are the same each year. Tết Âm lịch, Giỗ Tổ, the second day of Quốc khánh
#: and exchanged days are added by the installation, as they are announced: «…,06/02/2027».
HOLIDAYS = environment.holidays("VANTHU_HOLIDAYS", "01/01,30/04,01/05,02/09")
#: Phrases of direction a leader gives with one press, separated by «|» in the variable.
DIRECTION_PHRASES = environment.text(
    "VANTHU_DIRECTION_PHRASES",
    "Tham mưu trả lời|Nghiên cứu, đề xuất|Tổ chức thực hiện|Dự họp, báo cáo lại|Báo cáo trực tiếp|Để biết",
).split("|")

#: A draft may go to 5,000 agencies, each a field of its form; more is refused by the form itself, which keeps
#: what was typed, as far as this.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
#: More files than any form takes, so that the form itself refuses and keeps what was typed, as far as this.
DATA_UPLOAD_MAX_NUMBER_FILES = 300
#: Largest file taken in, in bytes.
UPLOAD_LIMIT = environment.number("VANTHU_UPLOAD_LIMIT", 100 * 1024 * 1024)
#: Largest request taken in, all its files together, in bytes.
REQUEST_LIMIT = environment.positive("VANTHU_REQUEST_LIMIT", 5 * UPLOAD_LIMIT)
#: How the server itself refuses, and whom it lets send much.
SERVER_VOICE = "vanthu.interfaces.web.unread.say"
SERVER_ADMISSION = "vanthu.interfaces.web.unread.admit"
#: What is posted there is hashed: few of these have a thread at once, and the others wait without one.
NARROW_PATHS = frozenset({"/dang-nhap/", "/doi-mat-khau/"})
#: How many uploads LibreOffice works on at the same time; one person's wait for each other.
CONVERSIONS_AT_ONCE = max(1, environment.number("VANTHU_CONVERSIONS", 2))
#: Seconds all files of one upload may take LibreOffice together.
CONVERSION_SECONDS = max(1, environment.number("VANTHU_CONVERSION_SECONDS", 120))
#: Seconds the reading of all files of one packet may take together; then it is put aside.
PACKET_SECONDS = max(1, environment.number("VANTHU_PACKET_SECONDS", 300))
#: Seconds a page waits for a short conversion before it shows the progress instead.
CONVERSION_PATIENCE = 1.5
#: Nothing of a stranger's files, and of nobody's more than the limit, comes onto the disk.
FILE_UPLOAD_HANDLERS = ["vanthu.interfaces.web.uploads.UploadHandler"]
