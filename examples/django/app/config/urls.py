from django.http import HttpResponse
from django.urls import path


def home(request):
    return HttpResponse(f"Django at {request.build_absolute_uri()}\n", content_type="text/plain")


urlpatterns = [path("", home)]
