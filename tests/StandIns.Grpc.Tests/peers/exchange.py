"""The messages and methods of exchange.proto, from the serialized descriptor that the tests write."""
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory


def load(path):
    file = descriptor_pb2.FileDescriptorProto.FromString(open(path, "rb").read())
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    parcel = pool.FindMessageTypeByName("exchange.Parcel")
    if hasattr(message_factory, "GetMessageClass"):
        return message_factory.GetMessageClass(parcel)
    return message_factory.MessageFactory(pool).GetPrototype(parcel)
