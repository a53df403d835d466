"""How a verb stands in the OpenAPI document: its name, headers and refusals."""

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.renderers import OpenApiJsonRenderer2
from drf_spectacular.utils import OpenApiParameter
from drf_spectacular.views import SpectacularAPIView
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated

KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description="Your own name for this write. Sent twice, it has one effect.",
)
VERSION = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    description='The version that you saw, as in "7"; or `version` in the body.',
)
REFUSALS = ("400", "403", "404", "409", "411", "413", "415", "422", "500", "503")


class Refusal(serializers.Serializer):
    """Why nothing was done: a code for programs, a sentence for people."""

    code = serializers.CharField()
    message = serializers.CharField()
    field = serializers.CharField(required=False)
    version = serializers.IntegerField(required=False)
    wish = serializers.CharField(required=False)
    fields_ = serializers.DictField(child=serializers.CharField(), required=False)

    def get_fields(self) -> dict[str, serializers.Field]:
        # A serializer already has an attribute ``fields``.
        fields = super().get_fields()
        fields["fields"] = fields.pop("fields_")
        return fields


class VerbSchema(AutoSchema):
    """Reads what a verb class declares; nothing is said twice."""

    def get_operation_id(self) -> str:
        name = type(self.view).__name__
        return name[0].lower() + name[1:]

    def get_tags(self) -> list[str]:
        return [type(self.view).__module__.rpartition(".")[2]]

    def get_request_serializer(self) -> object:
        return getattr(self.view, "takes", None)

    def get_response_serializers(self) -> object:
        gives = self.view.gives
        if gives is not None and self.view.many:
            gives = gives(many=True)
        refused = dict.fromkeys(REFUSALS, Refusal)
        if self.view.versioned:
            refused["428"] = Refusal
        return {str(self.view.status): gives, **refused}

    def get_override_parameters(self) -> list[OpenApiParameter]:
        return [
            *([KEY] if self.view.keyed else []),
            *([VERSION] if self.view.versioned else []),
            *self.view.asks,
        ]


class Document(SpectacularAPIView):
    """The OpenAPI document in JSON, as its refusals are."""

    permission_classes = [IsAuthenticated]
    renderer_classes = [OpenApiJsonRenderer2]
