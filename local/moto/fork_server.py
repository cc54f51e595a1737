"""Loads moto once, which takes two seconds of a processor, and forks a server (see serve.py) for each connection to a socket.

The socket's path is the only argument. A client sends one line of JSON, `linted` and `log`, gets the port as a line, and
ends its server by closing the connection. Ends when its standard input closes.
"""

import gc
import json
import os
import random
import select
import signal
import socket
import sys

from moto.backends import get_backend
from moto.moto_api._internal import mock_random
from serve import application, prepare, serve
from werkzeug.test import Client

# A call of each service that changes nothing: what moto loads at a first one is a third of a second of a processor.
JSON = "application/x-amz-json-1.1"
FORM = "application/x-www-form-urlencoded"
CALLS = (
    ("cloudformation", "POST", "/", {"Content-Type": FORM}, "Action=ListStacks"),
    ("events", "POST", "/", {"Content-Type": JSON, "X-Amz-Target": "AWSEvents.ListRules"}, "{}"),
    ("iam", "POST", "/", {"Content-Type": FORM}, "Action=ListRoles"),
    ("lambda", "GET", "/2015-03-31/functions", {}, ""),
    ("logs", "POST", "/", {"Content-Type": JSON, "X-Amz-Target": "Logs_20140328.DescribeLogGroups"}, "{}"),
    ("s3", "GET", "/", {}, ""),
    ("sns", "POST", "/", {"Content-Type": FORM}, "Action=ListTopics"),
    ("sqs", "POST", "/", {"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": "AmazonSQS.ListQueues"}, "{}"),
    ("ssm", "POST", "/", {"Content-Type": JSON, "X-Amz-Target": "AmazonSSM.ListDocuments"}, "{}"),
)
LOADED = ("cloudformation", "events", "iam", "awslambda", "s3", "sns", "sqs", "ssm", "sts", "cloudwatch", "logs")


def call_all(app):
    client = Client(app)
    for service, method, path, headers, body in CALLS:
        scope = f"local/20260101/us-east-1/{service}/aws4_request"
        signed = {"Host": f"{service}.us-east-1.amazonaws.com", "Authorization": f"AWS4-HMAC-SHA256 Credential={scope}"}
        answer = client.open(path, method=method, headers=signed | headers, data=body)
        if answer.status_code != 200:
            raise RuntimeError(f"{service}: {answer.data}")


def attend(app, connection):
    stream = connection.makefile("rw")
    wanted = json.loads(stream.readline())
    os.dup2(os.open(wanted["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), sys.stderr.fileno())

    def announce(port):
        stream.write(f"{port}\n")
        stream.flush()

    # Each server makes ids of its own.
    random.seed()
    mock_random.seed()
    serve(app, wanted["linted"], announce, stream)


def main():
    prepare()
    for name in LOADED:
        get_backend(name)
    app = application()
    call_all(app)
    # What is there now stays: looking through it would copy its pages in each fork.
    gc.collect()
    gc.freeze()
    # Nobody waits for the servers.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    server.bind(sys.argv[1])
    server.listen(64)
    print("ready", flush=True)
    poll = select.poll()
    for watched in (server.fileno(), sys.stdin.fileno()):
        poll.register(watched, select.POLLIN)
    while True:
        ready = [descriptor for descriptor, _ in poll.poll()]
        if sys.stdin.fileno() in ready:
            return
        connection, _ = server.accept()
        if os.fork() == 0:
            server.close()
            attend(app, connection)
            os._exit(0)
        connection.close()


main()
