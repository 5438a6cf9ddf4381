"""A client of exchange.proto by gRPC's C core: exchange_client.py DESCRIPTOR HOST:PORT CALL. Fails when the call is not as it should be."""
import queue
import sys
import time

import grpc

from exchange import load

Parcel = load(sys.argv[1])
unlimited = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]


def open_channel(options=unlimited, **more):
    return grpc.insecure_channel(sys.argv[2], options=options + [("grpc.enable_http_proxy", 0)], **more)


channel = open_channel()
codec = dict(request_serializer=Parcel.SerializeToString, response_deserializer=Parcel.FromString)


def method(kind, name, over=None):
    return getattr(over or channel, kind)("/exchange.Exchange/" + name, **codec)


unary = method("unary_unary", "Unary")
collect = method("stream_unary", "Collect")
spread = method("unary_stream", "Spread")
chat = method("stream_stream", "Chat")
observe = method("unary_unary", "Observe")


def equal(expected, actual):
    assert expected == actual, "expected %r, got %r" % (expected, actual)


def fails(code, call):
    try:
        result = call()
    except grpc.RpcError as error:
        equal(code, error.code())
        return error
    raise AssertionError("expected %s, got %r" % (code, result))


def call_kinds():
    equal("hello", unary(Parcel(text="hello")).text)
    answer = collect(iter(Parcel(text=text, data=bytes(10)) for text in "abc"))
    equal(("a,b,c", 3, 30), (answer.text, answer.count, answer.size))
    equal([str(i) for i in range(100)], [answer.text for answer in spread(Parcel(count=100, size=1000))])
    requests = queue.Queue()
    answers = chat(iter(requests.get, None))
    for i in range(20):
        requests.put(Parcel(text=str(i)))
        equal(str(i), next(answers).text)
    requests.put(None)
    equal([], list(answers))
    equal(grpc.StatusCode.OK, answers.code())


def empty_streams():
    equal(0, collect(iter(())).count)
    equal([], list(spread(Parcel())))
    equal([], list(chat(iter(()))))


def large():
    data = bytes(range(256)) * (64 * 4096)
    answer = unary(Parcel(data=data))
    assert answer.data == data
    equal([len(data)], [len(answer.data) for answer in chat(iter([Parcel(data=data)]))])


def limits():
    # The server takes 4 MiB, and this second channel too.
    fails(grpc.StatusCode.RESOURCE_EXHAUSTED, lambda: unary(Parcel(data=bytes(4 * 1024 * 1024))))
    fails(grpc.StatusCode.RESOURCE_EXHAUSTED, lambda: list(chat(iter([Parcel(data=bytes(5 * 1024 * 1024))]))))
    small = open_channel([])
    fails(grpc.StatusCode.RESOURCE_EXHAUSTED, lambda: method("unary_unary", "Unary", small)(Parcel(size=5 * 1024 * 1024)))
    equal(3 * 1024 * 1024, len(unary(Parcel(size=3 * 1024 * 1024)).data))


def metadata():
    value = bytes(range(256))
    for call in (
        lambda **more: unary.with_call(Parcel(text="x"), **more)[1],
        lambda **more: collect.with_call(iter([Parcel(text="x")]), **more)[1],
    ):
        done = call(metadata=[("echo", "to and fro"), ("echo-bin", value)])
        equal("to and fro", dict(done.initial_metadata())["echo"])
        equal(value, dict(done.trailing_metadata())["echo-bin"])
    # The headers are there before the first message of a stream.
    requests = queue.Queue()
    answers = chat(iter(requests.get, None), metadata=[("echo", "early"), ("echo-bin", b"\0")])
    equal("early", dict(answers.initial_metadata())["echo"])
    requests.put(None)
    list(answers)
    equal(b"\0", dict(answers.trailing_metadata())["echo-bin"])


def errors():
    detail = "100 % wrong,\nüber and 夢"
    error = fails(grpc.StatusCode.FAILED_PRECONDITION, lambda: unary(Parcel(fail_code=9, fail_detail=detail)))
    equal(detail, error.details())
    equal("as asked", dict(error.trailing_metadata())["reason"])
    answers = spread(Parcel(count=3, fail_code=5, fail_detail=detail))
    equal(["0", "1", "2"], [next(answers).text for _ in range(3)])
    error = fails(grpc.StatusCode.NOT_FOUND, lambda: next(answers))
    equal(detail, error.details())
    fails(grpc.StatusCode.ABORTED, lambda: collect(iter([Parcel(fail_code=10)])))
    error = fails(grpc.StatusCode.UNKNOWN, lambda: unary(Parcel(throw=True)))
    assert "secret" not in error.details()
    fails(grpc.StatusCode.UNKNOWN, lambda: list(chat(iter([Parcel(throw=True)]))))


def unimplemented():
    fails(grpc.StatusCode.UNIMPLEMENTED, lambda: method("unary_unary", "Nothing")(Parcel()))
    fails(grpc.StatusCode.UNIMPLEMENTED, lambda: channel.unary_unary("/no.Service/Method", **codec)(Parcel()))


def until(what):
    end = time.monotonic() + 120
    while not what(observe(Parcel())):
        assert time.monotonic() < end, "the server was not told"
        time.sleep(0.02)


def until_waiting(count):
    until(lambda seen: int(seen.text) == count)


def until_cancelled(count):
    until(lambda seen: seen.count == count)


def deadlines():
    unary(Parcel())
    # Long enough that both have come to the server, and the one's messages back, on a machine that is busy.
    call = unary.future(Parcel(wait=True), timeout=8)
    answers = spread(Parcel(count=2, wait=True), timeout=8)
    equal(["0", "1"], [next(answers).text for _ in range(2)])
    until_waiting(2)
    fails(grpc.StatusCode.DEADLINE_EXCEEDED, lambda: next(answers))
    fails(grpc.StatusCode.DEADLINE_EXCEEDED, call.result)
    until_cancelled(2)
    equal("in time", unary(Parcel(text="in time"), timeout=120).text)


def cancellation():
    call = unary.future(Parcel(wait=True))
    until_waiting(1)
    call.cancel()
    until_cancelled(1)
    answers = spread(Parcel(count=2, wait=True))
    equal("0", next(answers).text)
    until_waiting(2)
    answers.cancel()
    until_cancelled(2)
    # A connection that is gone cancels too.
    other = open_channel()
    answers = method("unary_stream", "Spread", other)(Parcel(count=1, wait=True))
    next(answers)
    until_waiting(3)
    other.close()
    until_cancelled(3)


def gzip():
    packed = open_channel(compression=grpc.Compression.Gzip)
    data = b"dream " * 100000
    assert method("unary_unary", "Unary", packed)(Parcel(data=data)).data == data
    equal(3 * len(data), method("stream_unary", "Collect", packed)(iter([Parcel(data=data)] * 3)).size)
    deflated = open_channel(compression=grpc.Compression.Deflate)
    call = lambda: method("unary_unary", "Unary", deflated)(Parcel(data=data))
    try:
        call()
    except grpc.RpcError as error:
        # Deflate need not be known, but then it must be said so.
        equal(grpc.StatusCode.UNIMPLEMENTED, error.code())


def health():
    check = channel.unary_unary("/grpc.health.v1.Health/Check", request_serializer=bytes, response_deserializer=bytes)
    # HealthCheckResponse { status: SERVING }; a request for the service "nobody".
    equal(b"\x08\x01", check(b""))
    fails(grpc.StatusCode.NOT_FOUND, lambda: check(b"\x0a\x06nobody"))


def reflection():
    for version in ("v1", "v1alpha"):
        ask = channel.stream_stream(
            "/grpc.reflection.%s.ServerReflection/ServerReflectionInfo" % version, request_serializer=bytes, response_deserializer=bytes)
        # list_services, then file_containing_symbol.
        names, file = ask(iter([b"\x3a\x01*", b"\x22\x11exchange.Exchange"]))
        for name in (b"exchange.Exchange", b"grpc.health.v1.Health"):
            assert name in names, names
        assert b"exchange.proto" in file, file


globals()[sys.argv[3]]()
print("as it should be")
