"""Serves moto on a free port of the loopback address and prints that port as the first line.

The only argument is a folder that keeps which templates are good. These things differ from `moto_server`: queues do not push to functions inside moto (the pollers of
local/queues do what an event source mapping does); GET /deployed-code/<function ARN> answers the
zip that moto keeps, as the presigned URL of GetFunction's Code.Location does on AWS;
ValidateTemplate refuses a template for the errors that cfn-lint finds, not for its warnings; a template in JSON is read
as that; Ref of an event bus is its name; stacks are finished (see finish_stacks.py); and connections are kept (see keep_alive.py).
Ends when its standard input closes, so that it never outlives the process that started it.
"""

import json
import logging
import os
import signal
import sys
import threading
from functools import cache

import moto.cloudformation.models
import yaml
from finish_stacks import finish_stacks
from keep_alive import KeepAliveHandler
from lint_once import lint_once
from moto.awslambda.models import lambda_backends
from moto.events.models import EventBus
from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    create_backend_app,
)
from moto.sqs.models import Queue
from werkzeug.exceptions import NotFound
from werkzeug.serving import make_server
from werkzeug.wrappers import Response

CODE_PATH = "/deployed-code/"
ACCOUNT_ID = "123456789012"


class NoMappings(dict):
    """moto registers a mapping on its queue to push each message at once; forget it instead."""

    def __setitem__(self, function_arn, mapping):
        pass


def without_push(queue_init):
    def init(self, *args, **kwargs):
        queue_init(self, *args, **kwargs)
        self.lambda_event_source_mappings = NoMappings()

    return init


def with_deployed_code(app):
    def serve(environ, start_response):
        path = environ.get("PATH_INFO", "")
        if not path.startswith(CODE_PATH):
            return app(environ, start_response)
        return code_of(path[len(CODE_PATH) :])(environ, start_response)

    return serve


def code_of(function_arn):
    region = function_arn.split(":")[3]
    for function in lambda_backends[ACCOUNT_ID][region].list_functions():
        if function.function_arn == function_arn:
            return Response(function.code_bytes, mimetype="application/zip")
    return NotFound()


def remember_backends():
    """moto lists its own folders twice for each request to find whose it is."""
    find = DomainDispatcherApplication.get_backend_for_host
    DomainDispatcherApplication.get_backend_for_host = cache(find)


def read_json_as_json():
    """moto reads a template as YAML, some times for each change to a stack; a large one takes a second of a processor each time."""
    load = yaml.load

    def load_json_first(text, Loader):
        try:
            return json.loads(text)
        except ValueError:
            return load(text, Loader=Loader)

    yaml.load = load_json_first


def prepare():
    # Ctrl-C reaches every process of the terminal; this one has to outlive the functions that use it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    Queue.__init__ = without_push(Queue.__init__)
    EventBus.physical_resource_id = property(lambda bus: bus.name)
    finish_stacks()
    read_json_as_json()
    remember_backends()


def application():
    return with_deployed_code(DomainDispatcherApplication(create_backend_app))


def serve(app, linted, announce, parent):
    """Gives `announce` the port, and ends when `parent`, a stream, does."""
    models = moto.cloudformation.models
    models.validate_template_cfn_lint = lint_once(models.validate_template_cfn_lint, linted)
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=KeepAliveHandler)
    threading.Thread(target=stop_with, args=(parent,), daemon=True).start()
    announce(server.server_port)
    server.serve_forever()


def stop_with(parent):
    parent.read()
    os._exit(0)


if __name__ == "__main__":
    prepare()
    serve(application(), sys.argv[1], lambda port: print(port, flush=True), sys.stdin)
