"""`/` pages, `/api/`, `/health/`."""

from django.urls import include, path

from dispatch.web.errors import bad_request, denied, not_found, server_error

urlpatterns = [
    path("", include("dispatch.web.urls")),
    path("api/v1/", include("dispatch.api.urls")),
]

handler400 = bad_request
handler403 = denied
handler404 = not_found
handler500 = server_error
