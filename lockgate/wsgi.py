"""The pages and the API, for a WSGI server."""

import os

from django.core.wsgi import get_wsgi_application

from lockgate.base.floor import one_at_a_time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lockgate.settings")
application = one_at_a_time(get_wsgi_application())
