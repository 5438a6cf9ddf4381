"""A server of exchange.proto by gRPC's C core: exchange_server.py DESCRIPTOR [max receive bytes] [gzip]. Prints its port."""
import sys
import threading
from concurrent import futures

import grpc

from exchange import load

Parcel = load(sys.argv[1])
codes = {code.value[0]: code for code in grpc.StatusCode}
seen = {"waits": 0, "cancelled": 0, "sent": 0}


def begin(context):
    metadata = dict(context.invocation_metadata())
    if "echo" in metadata:
        context.send_initial_metadata([("echo", metadata["echo"])])
    if "echo-bin" in metadata:
        context.set_trailing_metadata([("echo-bin", metadata["echo-bin"])])


def obey(request, context):
    if request.throw:
        raise ValueError("a secret of the server")
    if request.fail_code:
        context.set_trailing_metadata([("reason", "as asked")])
        context.abort(codes[request.fail_code], request.fail_detail)
    if request.wait:
        ended = threading.Event()
        is_running = context.add_callback(ended.set)
        seen["waits"] += 1
        if is_running:
            ended.wait()
        seen["cancelled"] += 1


def answer(request):
    return Parcel(text=request.text, data=bytes(request.size) if request.size else request.data)


def unary(request, context):
    begin(context)
    obey(request, context)
    return answer(request)


def collect(requests, context):
    begin(context)
    texts, size = [], 0
    for request in requests:
        obey(request, context)
        texts.append(request.text)
        size += len(request.data)
    return Parcel(text=",".join(texts), count=len(texts), size=size)


def spread(request, context):
    begin(context)
    data = bytes(request.size)
    for i in range(request.count):
        yield Parcel(text=str(i), data=data)
        seen["sent"] = i + 1
    obey(request, context)


def chat(requests, context):
    begin(context)
    for request in requests:
        obey(request, context)
        yield answer(request)


def observe(request, context):
    return Parcel(count=seen["cancelled"], text=str(seen["waits"]), size=seen["sent"])


def main():
    limit = int(sys.argv[2]) if len(sys.argv) > 2 else 4 * 1024 * 1024
    gzip = "gzip" in sys.argv[3:]
    codec = dict(request_deserializer=Parcel.FromString, response_serializer=Parcel.SerializeToString)
    server = grpc.server(
        futures.ThreadPoolExecutor(max_workers=16),
        options=[("grpc.max_receive_message_length", limit), ("grpc.max_send_message_length", -1), ("grpc.so_reuseport", 0)],
        compression=grpc.Compression.Gzip if gzip else None,
    )
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("exchange.Exchange", {
        "Unary": grpc.unary_unary_rpc_method_handler(unary, **codec),
        "Collect": grpc.stream_unary_rpc_method_handler(collect, **codec),
        "Spread": grpc.unary_stream_rpc_method_handler(spread, **codec),
        "Chat": grpc.stream_stream_rpc_method_handler(chat, **codec),
        "Observe": grpc.unary_unary_rpc_method_handler(observe, **codec),
    }),))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    server.wait_for_termination()


main()
