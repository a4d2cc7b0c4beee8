"""Settings, read once from the environment and, where LOCKGATE_SETTINGS names one, from a TOML file.

Every name below LOCKGATE_* may stand in either; the environment wins. `lockgate doctor` prints what is in
force and what to mend; `lockgate serve` refuses to start on what may only stand in a demo.
"""

from pathlib import Path

from lockgate.base.environment import Environment, SettingsError

env = Environment.read()

BASE_DIR = Path(__file__).resolve().parent
DATA_DIR = env.path("DATA", Path.cwd() / ".lockgate")
DEMO = env.flag("DEMO", False)
DEBUG = env.flag("DEBUG", False)

# The word below is known to everybody: `lockgate serve` refuses to start with it.
DEFAULT_SECRET_KEY = "for-development-alone-and-known-to-everybody"  # noqa: S105
SECRET_KEY = env.text("SECRET_KEY", DEFAULT_SECRET_KEY)
KEYS_DIR = env.path("KEYS", DATA_DIR / "keys")
ATTACHMENTS_DIR = env.path("ATTACHMENTS", DATA_DIR / "attachments")

COMPANY = env.text("COMPANY", "Halden Valve" if DEMO else "Our company")
ARCHIVE_ORIGIN = env.text("ARCHIVE_ORIGIN", "lockgate.example/archive")
# How many people a circle holds that is opened from now on: at most 150, which the tables know.
CIRCLE_MOST = env.number("CIRCLE_MOST", 50)
if not 2 <= CIRCLE_MOST <= 150:
    raise SettingsError(f"LOCKGATE_CIRCLE_MOST is {CIRCLE_MOST}; it takes 2 to 150.")
# Whether employees may invite people who are nobody here yet, by e-mail.
INVITE_BY_EMAIL = env.flag("INVITE_BY_EMAIL", True)
# Which posts' links are looked at, for a card: of rooms up to "internal" or "confidential", or "off".
LINK_PREVIEWS = env.text("LINK_PREVIEWS", "internal")
if LINK_PREVIEWS not in {"off", "internal", "confidential"}:
    raise SettingsError("LOCKGATE_LINK_PREVIEWS takes off, internal or confidential.")
PUBLIC_URL = env.text("PUBLIC_URL", "")
LIVE_URL = env.text("LIVE_URL", "")
LIVE_PORT = env.number("LIVE_PORT", 0)

# Web clients that apps' codes may be sent to; phone and desktop apps need no entry.
APP_ORIGINS = env.words("APP_ORIGINS", [])

ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]", "testserver"])
CSRF_TRUSTED_ORIGINS = env.words("TRUSTED_ORIGINS", [])

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "lockgate.archive",
    "lockgate.people",
    "lockgate.notices",
    "lockgate.spaces",
    "lockgate.policy",
    "lockgate.channels",
    "lockgate.profiles",
    "lockgate.publishing",
    "lockgate.approvals",
    "lockgate.gateway",
    "lockgate.search",
    "lockgate.conversations",
    "lockgate.attention",
    "lockgate.records",
    "lockgate.rumours",
    "lockgate.mail",
    "lockgate.sms",
    "lockgate.deals",
    "lockgate.directory",
    "lockgate.signin",
    "lockgate.webhooks",
    "lockgate.push",
    "lockgate.portability",
    "lockgate.web",
    "lockgate.api",
    "lockgate.mastodon",
    "lockgate.demo",
]

MIDDLEWARE = [
    "lockgate.web.security.SecurityHeaders",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "lockgate.web.language.ReadersLanguage",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "lockgate.web.refusals.RefusalsAsPages",
]

ROOT_URLCONF = "lockgate.web.urls"
WSGI_APPLICATION = "lockgate.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "OPTIONS": {
            "loaders": [
                ("django.template.loaders.cached.Loader", ["django.template.loaders.app_directories.Loader"])
            ],
            "context_processors": ["django.template.context_processors.request"],
            "builtins": ["django.templatetags.i18n", "lockgate.web.templatetags.parts"],
        },
    }
]

DATABASES = {"default": env.database(DATA_DIR / "lockgate.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = ["lockgate.people.door.Door"]
SESSION_ENGINE = "lockgate.people.sessions"
# The address is unique without regard to case, by a constraint on lower(email) that this check cannot read.
SILENCED_SYSTEM_CHECKS = ["auth.E003", "auth.W004"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/sign-in"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/sign-in"

SECURE_COOKIES = env.flag("SECURE_COOKIES", not (DEMO or DEBUG))
SESSION_COOKIE_NAME = "lockgate_session"
SESSION_COOKIE_SECURE = SECURE_COOKIES
SESSION_COOKIE_AGE = 14 * 24 * 3600
CSRF_COOKIE_SECURE = SECURE_COOKIES
CSRF_COOKIE_NAME = "lockgate_csrf"
CSRF_COOKIE_HTTPONLY = False
CSRF_COOKIE_SAMESITE = "Lax"
# What a proxy of ours wrote about the request is believed, and only then.
BEHIND_PROXY = env.flag("BEHIND_PROXY", False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("fr", "Français"), ("de", "Deutsch")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.text("LOG_LEVEL", "WARNING")},
}

# The company's own OpenID provider. JOIN: whoever it vouches for has an account from then on. LINK: an account that is
# here already is theirs if the provider says that it has verified their address. SECOND_FACTOR: "ours" is asked for
# after it as after a password; with "theirs" the provider is trusted to have asked.
OIDC_ISSUER = env.text("OIDC_ISSUER", "")
OIDC_CLIENT_ID = env.text("OIDC_CLIENT_ID", "")
OIDC_CLIENT_SECRET = env.text("OIDC_CLIENT_SECRET", "")
OIDC_NAME = env.text("OIDC_NAME", COMPANY)
OIDC_JOIN = env.flag("OIDC_JOIN", False)
OIDC_LINK = env.flag("OIDC_LINK", False)
OIDC_SECOND_FACTOR = env.text("OIDC_SECOND_FACTOR", "ours")
OIDC_KEYS_SECONDS = 10.0
if OIDC_SECOND_FACTOR not in {"ours", "theirs"}:
    raise SettingsError(f"LOCKGATE_OIDC_SECOND_FACTOR is {OIDC_SECOND_FACTOR!r}; it takes ours or theirs.")

# The company's SAML 2.0 provider. SAML says of no address that it was verified: JOIN and LINK are for a provider that
# verifies all of them.
SAML_ENTITY = env.text("SAML_ENTITY", "")
SAML_SIGN_IN = env.text("SAML_SIGN_IN", "")
SAML_CERTIFICATE = env.text("SAML_CERTIFICATE", "")
SAML_NAME = env.text("SAML_NAME", COMPANY)
SAML_EMAIL = env.text("SAML_EMAIL", "mail")
SAML_DISPLAY_NAME = env.text("SAML_DISPLAY_NAME", "displayName")
SAML_JOIN = env.flag("SAML_JOIN", False)
SAML_LINK = env.flag("SAML_LINK", False)
SAML_SECOND_FACTOR = env.text("SAML_SECOND_FACTOR", "ours")
if SAML_SECOND_FACTOR not in {"ours", "theirs"}:
    raise SettingsError(f"LOCKGATE_SAML_SECOND_FACTOR is {SAML_SECOND_FACTOR!r}; it takes ours or theirs.")

# The company's LDAP server: `lockgate people sync` brings the people here in step with it; with SIGN_IN they come in by
# their password there. TLS always, unless the server is this machine.
LDAP_URL = env.text("LDAP_URL", "")
LDAP_BASE = env.text("LDAP_BASE", "")
LDAP_BIND_DN = env.text("LDAP_BIND_DN", "")
LDAP_BIND_PASSWORD = env.text("LDAP_BIND_PASSWORD", "")
LDAP_CA = env.text("LDAP_CA", "")
LDAP_FILTER = env.text("LDAP_FILTER", "(&(objectClass=inetOrgPerson)(mail=*))")
LDAP_SIGN_IN = env.flag("LDAP_SIGN_IN", False)
LDAP_ID = env.text("LDAP_ID", "entryUUID")
LDAP_EMAIL = env.text("LDAP_EMAIL", "mail")
LDAP_NAME = env.text("LDAP_NAME", "cn")
LDAP_GIVEN_NAME = env.text("LDAP_GIVEN_NAME", "givenName")
LDAP_FAMILY_NAME = env.text("LDAP_FAMILY_NAME", "sn")
LDAP_TITLE = env.text("LDAP_TITLE", "title")
LDAP_DEPARTMENT = env.text("LDAP_DEPARTMENT", "departmentNumber")
LDAP_MANAGER = env.text("LDAP_MANAGER", "manager")
# How often the work process asks it for everybody; 0 leaves that to `lockgate people sync`.
LDAP_SYNC_MINUTES = env.number("LDAP_SYNC_MINUTES", 60)
# How many of a hundred may leave by one list; where it would be more, nothing is done until somebody says so.
DIRECTORY_MOST_LEAVING = env.number("DIRECTORY_MOST_LEAVING", 10)
if LDAP_SYNC_MINUTES < 0 or not 0 <= DIRECTORY_MOST_LEAVING <= 100:
    raise SettingsError(
        "LOCKGATE_LDAP_SYNC_MINUTES takes minutes, or 0; LOCKGATE_DIRECTORY_MOST_LEAVING takes 0 to 100."
    )

# E-mail. Nothing is sent before a host and a domain of our own are named, and nothing is taken in before a port is.
# Texts: a gateway that takes {"id", "from", "to", "text"} as JSON, and brings answers signed with the secret.
SMS_URL = env.text("SMS_URL", "")
SMS_KEY = env.text("SMS_KEY", "")
SMS_SENDER = env.text("SMS_SENDER", "")
SMS_SECRET = env.text("SMS_SECRET", "")

MAIL_DOMAIN = env.text("MAIL_DOMAIN", "")
MAIL_FROM = env.text("MAIL_FROM", f"lockgate@{MAIL_DOMAIN}" if MAIL_DOMAIN else "")
MAIL_TLS = env.text("MAIL_TLS", "starttls")
MAIL_RECEIVE_PORT = env.number("MAIL_RECEIVE_PORT", 0)
MAIL_RECEIVE_HOST = env.text("MAIL_RECEIVE_HOST", "127.0.0.1")
MAIL_RECEIVE_PROTOCOL = env.text("MAIL_RECEIVE_PROTOCOL", "lmtp")
MAIL_AUTHSERV = env.text("MAIL_AUTHSERV", "")
# Another way in: a mailbox of ours at the company's server, from which mail is fetched.
MAIL_IMAP_HOST = env.text("MAIL_IMAP_HOST", "")
MAIL_IMAP_TLS = env.text("MAIL_IMAP_TLS", "tls")
MAIL_IMAP_PORT = env.number("MAIL_IMAP_PORT", 993 if MAIL_IMAP_TLS == "tls" else 143)
MAIL_IMAP_USER = env.text("MAIL_IMAP_USER", "")
MAIL_IMAP_PASSWORD = env.text("MAIL_IMAP_PASSWORD", "")
MAIL_IMAP_FOLDER = env.text("MAIL_IMAP_FOLDER", "INBOX")
EMAIL_HOST = env.text("MAIL_HOST", "")
EMAIL_PORT = env.number("MAIL_PORT", 465 if MAIL_TLS == "tls" else 587 if MAIL_TLS == "starttls" else 25)
EMAIL_HOST_USER = env.text("MAIL_USER", "")
EMAIL_HOST_PASSWORD = env.text("MAIL_PASSWORD", "")
EMAIL_USE_TLS = MAIL_TLS == "starttls"
EMAIL_USE_SSL = MAIL_TLS == "tls"
EMAIL_TIMEOUT = 20
# Web Push: whether devices are told at all, and whom a push service may write to about it.
PUSH = env.flag("PUSH", True)
PUSH_CONTACT = env.text(
    "PUSH_CONTACT", MAIL_FROM or (PUBLIC_URL if PUBLIC_URL.startswith("https://") else "")
)
# What says a notice in words: the pages know, and letters and messages, floors below, say the same.
NOTICE_WORDS = "lockgate.web.waiting.sentence"
DEFAULT_FROM_EMAIL = SERVER_EMAIL = MAIL_FROM or "lockgate@localhost"
