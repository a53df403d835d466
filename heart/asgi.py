"""HTTP and WebSocket entry: exact origins, cookies, the live line."""

import os
import warnings

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heart.settings")
# Development serves static files here, read in a thread; production's `web` does not.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume sync")
pages = get_asgi_application()

from channels.routing import ProtocolTypeRouter, URLRouter
from channels.sessions import CookieMiddleware
from django.conf import settings

from dispatch.consumers import websocket_urlpatterns
from heart.origins import OwnOrigins

application = ProtocolTypeRouter(
    {
        "http": pages,
        "websocket": OwnOrigins(
            CookieMiddleware(URLRouter(websocket_urlpatterns)),
            settings.SOCKET_ORIGINS,
        ),
    }
)
