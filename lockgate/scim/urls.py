"""Addresses of SCIM 2.0, under /scim/v2/."""

from django.urls import path

from lockgate.scim import views
from lockgate.scim.speaking import address

_R_USERS, _W_USERS, _R_GROUPS, _W_GROUPS = "users:read", "users:write", "groups:read", "groups:write"

urlpatterns = [
    path("ServiceProviderConfig", address(GET=("", views.config))),
    path("ResourceTypes", address(GET=("", views.types))),
    path("ResourceTypes/<str:name>", address(GET=("", views.one_type))),
    path("Schemas", address(GET=("", views.schemas))),
    path("Schemas/<str:name>", address(GET=("", views.one_schema))),
    path("Users", address(GET=(_R_USERS, views.users), POST=(_W_USERS, views.make_user))),
    path(
        "Users/<slug:reference>",
        address(
            GET=(_R_USERS, views.user),
            PUT=(_W_USERS, views.put_user),
            PATCH=(_W_USERS, views.patch_user),
            DELETE=(_W_USERS, views.drop_user),
        ),
    ),
    path("Groups", address(GET=(_R_GROUPS, views.groups), POST=(_W_GROUPS, views.make_group))),
    path(
        "Groups/<slug:reference>",
        address(
            GET=(_R_GROUPS, views.group),
            PUT=(_W_GROUPS, views.put_group),
            PATCH=(_W_GROUPS, views.patch_group),
            DELETE=(_W_GROUPS, views.drop_group),
        ),
    ),
]
