"""Real processes for a test: the console, and its worker and clock when asked."""

from tests.live.conftest import centre, limited, stack

__all__ = ["centre", "limited", "stack"]
