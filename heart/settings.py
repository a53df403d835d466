"""All settings, read top to bottom. Secrets and addresses come from the environment.

In development `heart.embedded` generates secrets into the data folder and says there
where its servers listen; the environment always comes first.
"""

import json
import os
from pathlib import Path
from urllib.parse import parse_qs, quote, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from heart import embedded

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(os.environ.get("HEART_DATA", BASE_DIR / ".data")).resolve()


def env(name: str, default: str | None = None) -> str:
    """The variable, or the content of the file that NAME_FILE points to."""
    path = os.environ.get(f"{name}_FILE")
    value = Path(path).read_text().strip() if path else os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(f"{name} is not set.")
    return value


def env_bool(name: str, *, default: bool = False) -> bool:
    value = os.environ.get(name, "yes" if default else "no").lower()
    if value not in {"yes", "no", "true", "false", "1", "0"}:
        raise ImproperlyConfigured(f"{name} is {value!r}; say yes or no.")
    return value in {"yes", "true", "1"}


def env_int(name: str, default: int) -> int:
    value = os.environ.get(name, str(default))
    if not value.isdecimal():
        raise ImproperlyConfigured(f"{name} is {value!r}; a whole number is needed.")
    return int(value)


def env_list(name: str, default: str = "") -> list[str]:
    return [part for part in os.environ.get(name, default).split(",") if part]


def address(name: str) -> str:
    """X_URL, or "". The password may be apart, in X_PASSWORD: a secret of its own."""
    url = env(name, "")
    password = env(name.replace("_URL", "_PASSWORD"), "")
    parts = urlsplit(url)
    if not url or not password or parts.password:
        return url
    user, _at, host = parts.netloc.rpartition("@")
    return parts._replace(netloc=f"{user}:{quote(password, safe='')}@{host}").geturl()


# Who cannot be connected within so many seconds is away, and the page says so.
CONNECT_TIMEOUT = env_int("CONNECT_TIMEOUT", 2)
# Seconds after which the database gives a statement up.
STATEMENT_TIMEOUT = env_int("STATEMENT_TIMEOUT", 15)


def database(url: str, *, role: str = "") -> dict[str, object]:
    """Django's settings for a postgres:// URL; a socket folder goes in ?host=."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured("DATABASE_URL must begin with postgres://")
    query = parse_qs(parts.query)
    gives_up = f"-c statement_timeout={STATEMENT_TIMEOUT}s"
    options = ["-c lock_timeout=2000", gives_up, "-c jit=off"]
    if role:
        options.append(f"-c role={role}")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query["host"][0] if "host" in query else unquote(parts.hostname or ""),
        "PORT": str(parts.port or query.get("port", [""])[0]),
        "CONN_MAX_AGE": env_int("CONN_MAX_AGE", 0),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": CONNECT_TIMEOUT, "options": " ".join(options)},
    }


# Rules that another process published are heard of so many seconds later.
RULES_REMEMBERED = 0.5

# Core
PRODUCTION = env_bool("HEART_PRODUCTION")
DEBUG = False
_services = DATA_DIR / "services.json"
SERVICES: dict[str, str] = (
    json.loads(_services.read_text()) if _services.exists() and not PRODUCTION else {}
)
SECRETS = {} if PRODUCTION else embedded.secrets(DATA_DIR)
SECRET_KEY = env("SECRET_KEY", SECRETS.get("SECRET_KEY"))
SEAL_KEYS: dict[str, str] = json.loads(
    env("SEAL_KEYS", json.dumps(SECRETS["SEAL_KEYS"]) if SECRETS else None)
)
LOOKUP_KEY = env("LOOKUP_KEY", SECRETS.get("LOOKUP_KEY"))
# An OSRM of the centre's own gives driving times; empty: straight lines and a factor.
OSRM_URL = env("OSRM_URL", "")
# Agency code → whsec_ secrets with which its telephone system signs screen-pops.
SCREEN_POP_SECRETS: dict[str, list[str]] = json.loads(env("SCREEN_POP_SECRETS", "{}"))
# The telephone: manual, or twilio with its account (docs/integrations.md). PUBLIC_URL is
# where it calls back, as it was told, for it signs exactly that.
PHONE = env("PHONE", "manual")
_needed = None if PHONE == "twilio" else ""
PUBLIC_URL = env("PUBLIC_URL", _needed).rstrip("/")
PHONE_ACCOUNT = {
    "api": env("TWILIO_API", _needed),
    "sid": env("TWILIO_SID", _needed),
    "user": env("TWILIO_USER", _needed),
    "secret": env("TWILIO_SECRET", _needed),
    "token": env("TWILIO_TOKEN", _needed),
    "number": env("TWILIO_NUMBER", _needed),
}
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", "" if PRODUCTION else "localhost,127.0.0.1")
ROOT_URLCONF = "heart.urls"
ASGI_APPLICATION = "heart.asgi.application"
WSGI_APPLICATION = "heart.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEST_RUNNER = "django.test.runner.DiscoverRunner"

INSTALLED_APPS = [
    "heart",
    "dispatch",
    "routing",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "rest_framework",
    "drf_spectacular",
    "csp",
]

MIDDLEWARE = [
    "heart.secret_paths.KeptNowhere",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "dispatch.web.errors.DispatchErrorMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csrf",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "dispatch.web.frame.frame",
            ],
            "builtins": ["dispatch.templatetags.console"],
        },
    }
]

# Database: the runtime role, and the owner where migrations run
RUNTIME_ROLE = "heart_app"
_given, _owner = address("DATABASE_URL"), address("DATABASE_OWNER_URL")
DATABASE_URL = _given or SERVICES.get("database_url", "")
OWNER_URL = _owner or _given or SERVICES.get("owner_url", "")
# With one URL alone it is the owner's, and the console steps down to its own role,
# unless it was told that the URL is the runtime role's.
_one_role = bool(_given) and not (_owner or env_bool("DATABASE_URL_IS_RUNTIME"))
_nowhere = "postgres:///start-with-make-run?host=/nonexistent"
DATABASES = {
    "default": database(
        DATABASE_URL or _nowhere, role=RUNTIME_ROLE if _one_role else ""
    ),
    "owner": database(OWNER_URL or _nowhere),
}
DATABASES["owner"]["TEST"] = {"MIRROR": "default"}

# Redis wakes people up and loses nothing when it is gone
REDIS_URL = address("REDIS_URL") or SERVICES.get("redis_url", "")
if PRODUCTION and not (DATABASE_URL and REDIS_URL):
    raise ImproperlyConfigured("DATABASE_URL and REDIS_URL are needed in production.")
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [REDIS_URL]},
    }
}
# Celery has words of its own for a socket and for the number of a database.
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1).replace(
    "?db=", "?virtual_host="
)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_timeout": 5,
    "socket_connect_timeout": 0.2,
    "visibility_timeout": 60,
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SERIALIZER = "json"
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_SOFT_TIME_LIMIT = 60

# Language and time: UTC in the database, the agency's zone on the screen
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "dispatch" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# Sign-in
AUTH_USER_MODEL = "dispatch.User"
AUTHENTICATION_BACKENDS = ["heart.signin.Accounts"]
SESSION_ENGINE = "heart.sessions"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 15},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_NAME = "__Host-session" if PRODUCTION else "heart-session"
CSRF_COOKIE_NAME = "__Host-csrf" if PRODUCTION else "heart-csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_TRUSTED_ORIGINS = env_list("TRUSTED_ORIGINS")
# Scheme, host and port, exactly: no other site opens a live line.
_here = env_int("PORT", 8000)
SOCKET_ORIGINS = CSRF_TRUSTED_ORIGINS or [
    f"http://{host}:{_here}" for host in ALLOWED_HOSTS if not PRODUCTION
]
CSRF_FAILURE_VIEW = "dispatch.web.errors.csrf_failure"

# Security headers
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if env_bool("BEHIND_PROXY") else None
)
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "worker-src": ["'self'"],
        "manifest-src": ["'self'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

# Static files: collected for production, served as they lie in development
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"] if PRODUCTION else []
STATIC_ROOT = (
    Path(env("STATIC_ROOT", str(DATA_DIR / "static")))
    if PRODUCTION
    else BASE_DIR / "static"
)
WHITENOISE_AUTOREFRESH = False
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "whitenoise.storage.CompressedManifestStaticFilesStorage"
            if PRODUCTION
            else "django.contrib.staticfiles.storage.StaticFilesStorage"
        )
    },
}

# API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.SessionAuthentication"
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["dispatch.api.parsers.StrictParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "dispatch.api.errors.answer",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "HEART console",
    "VERSION": "1",
    "DESCRIPTION": "The console's verbs as JSON.",
    "SERVE_INCLUDE_SCHEMA": False,
    "POSTPROCESSING_HOOKS": [],  # a list of words stands where it is used
}

# Logging: ids only, one line each
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "class": "heart.log.Line",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        },
    },
    "filters": {"no_secret_paths": {"()": "heart.secret_paths.NoSecretPaths"}},
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["no_secret_paths"],
        }
    },
    "root": {"handlers": ["stderr"], "level": env("LOG_LEVEL", "INFO")},
    "loggers": {
        # Django sets a level of its own, which would let through what we do not want.
        "django": {"level": env("LOG_LEVEL", "INFO")},
        "django.channels.server": {"level": "WARNING"},
        "kombu": {"level": "ERROR"},
        "celery": {"level": "WARNING"},
    },
}
