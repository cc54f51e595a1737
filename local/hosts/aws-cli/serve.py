"""Runs the AWS CLI for the local hosts: loads it once, which takes most of a second of a processor, and forks for each call.

The socket's path is the only argument. A call (see call.py) brings its arguments, environment, folder, umask, standard
streams and namespaces, and so runs as if it had been started there. A call whose client is gone is killed. Ends when its
standard input closes, so that it never outlives the process that started it.
"""

import ctypes
import gc
import marshal
import os
import select
import signal
import socket
import sys

import awscli.clidriver

# Where the AWS CLI found its own data when it was loaded.
FOUND = {"AWS_DATA_PATH": os.environ["AWS_DATA_PATH"]}
NAMESPACES = {"user": 0x10000000, "mnt": 0x00020000}
libc = ctypes.CDLL(None, use_errno=True)


def load():
    """The AWS CLI with what it needs for a request to S3; nothing is sent. It reads environment variables at each call."""
    driver = awscli.clidriver.create_clidriver()
    secret = {"aws_access_key_id": "local", "aws_secret_access_key": "local"}
    client = driver.session.create_client("s3", region_name="us-east-1", **secret)
    client.generate_presigned_url("get_object", Params={"Bucket": "bucket", "Key": "key"})
    driver.create_help_command()
    driver.session.get_waiter_model("s3")
    driver.session.get_paginator_model("s3")
    # What is there now stays: looking through it would copy its pages in each fork.
    gc.collect()
    gc.freeze()
    return driver


def serve(driver, server):
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
            attend(driver, connection)
            os._exit(0)
        connection.close()


def attend(driver, connection):
    """Runs one call and sends its exit status, or kills it when its client is gone."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    text, descriptors, _, _ = socket.recv_fds(connection, 1 << 20, 5)
    call = marshal.loads(text)
    child = os.fork()
    if child == 0:
        connection.close()
        run(driver, call, descriptors)
    for descriptor in descriptors:
        os.close(descriptor)
    ended = os.pidfd_open(child)
    poll = select.poll()
    poll.register(ended, select.POLLIN)
    poll.register(connection, select.POLLIN)
    if ended not in [descriptor for descriptor, _ in poll.poll()]:
        os.kill(child, signal.SIGKILL)
        return
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    connection.sendall(str(status if status >= 0 else 128 - status).encode())


def run(driver, call, descriptors):
    status = 255
    try:
        *streams, user, mnt = descriptors
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
        enter("user", user)
        enter("mnt", mnt)
        os.chdir(call["folder"])
        os.umask(call["umask"])
        os.environ.clear()
        os.environb.update(call["environment"])
        os.environ.update(FOUND)
        status = driver.main(call["arguments"])
    except SystemExit as end:
        status = end.code
    except BaseException as error:
        print(error, file=sys.stderr)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status or 0)


def enter(kind, descriptor):
    """Makes a namespace of the client's this process's own, where it is another one."""
    if os.fstat(descriptor).st_ino == os.stat(f"/proc/self/ns/{kind}").st_ino:
        return
    if libc.setns(descriptor, NAMESPACES[kind]) != 0:
        raise OSError(ctypes.get_errno(), f"cannot enter the {kind} namespace")


def main():
    driver = load()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Nobody waits for the forks that attend to calls.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    server.bind(sys.argv[1])
    server.listen(64)
    serve(driver, server)
    os._exit(0)


main()
