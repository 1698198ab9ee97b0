"""Addresses of the django-helpdesk that is measured: its mails link to its tickets."""

from django.contrib import admin  # type: ignore[import-not-found]
from django.urls import include, path  # type: ignore[import-not-found]

urlpatterns = [path("admin/", admin.site.urls), path("helpdesk/", include("helpdesk.urls"))]
