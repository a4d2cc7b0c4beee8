"""Every address of the house. Nouns; what is done to them is a sub-resource that is posted to."""

from django.conf import settings
from django.urls import include, path

from lockgate.web.views import assets, health, sign_in

handler400 = "lockgate.web.refusals.bad_request"
handler403 = "lockgate.web.refusals.not_found"
handler404 = "lockgate.web.refusals.not_found"
handler500 = "lockgate.web.refusals.server_error"

urlpatterns = [
    path("assets/<str:name>", assets.asset),
    path("api/v1/", include("lockgate.api.urls")),
    path("healthz", health.healthz),
    path("sign-in", sign_in.sign_in),
    path("sign-out", sign_in.sign_out),
]

if settings.DEBUG or settings.DEMO:
    from lockgate.web.views import parts

    urlpatterns.append(path("_parts", parts.parts))
