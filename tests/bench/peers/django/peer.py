"""Django REST framework under gunicorn: the settings of one small service."""
import os
import uuid

from django.conf import settings
from django.core.wsgi import get_wsgi_application

settings.configure(
    ALLOWED_HOSTS=["*"], ROOT_URLCONF="views", SECRET_KEY=uuid.uuid4().hex, USE_TZ=True,
    INSTALLED_APPS=["rest_framework"],
    DATABASES={"default": {"ENGINE": "django.db.backends.postgresql", "HOST": os.environ["PGHOST"],
                           "NAME": os.environ["PGDATABASE"], "USER": os.environ["PGUSER"], "CONN_MAX_AGE": 600,
                           "OPTIONS": {"options": "-c keyed.secret=" + os.environ["PEER_SECRET"]}}},
    REST_FRAMEWORK={"DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
                    "DEFAULT_AUTHENTICATION_CLASSES": ["bearer.BearerKey"],
                    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
                    "UNAUTHENTICATED_USER": None},
)
application = get_wsgi_application()
