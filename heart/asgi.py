"""HTTP and WebSocket entry: exact origins, session sign-in, the live line."""

import os
import warnings

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heart.settings")
# Development serves static files here, read in a thread; production's `web` does not.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume sync")
pages = get_asgi_application()

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import OriginValidator
from django.conf import settings

from dispatch.consumers import websocket_urlpatterns

application = ProtocolTypeRouter(
    {
        "http": pages,
        "websocket": OriginValidator(
            AuthMiddlewareStack(URLRouter(websocket_urlpatterns)),
            settings.SOCKET_ORIGINS,
        ),
    }
)
