//! Messages that go through as the bytes they are.

use bytes::{Buf, BufMut, Bytes};
use proto::caller::Caller;
use tonic::{
    Status,
    codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder},
};

use super::{Channel, LARGEST_ANSWER};

/// Calls a method by its path, `/cohort.registry.v1.Cous/View`, with the bytes of its message; gives those of the answer,
/// with the metadata beside it.
///
/// # Errors
/// The status that the service answered, or that stands for a broken connection.
pub async fn call_raw(
    channel: &Channel,
    path: http::uri::PathAndQuery,
    message: Bytes,
    caller: &Caller,
) -> Result<tonic::Response<Bytes>, Status> {
    let mut client = tonic::client::Grpc::new(channel.clone()).max_decoding_message_size(LARGEST_ANSWER);
    client.ready().await?;
    let mut request = tonic::Request::new(message);
    caller.put(request.metadata_mut());
    client.unary(request, path, RawCodec).await
}

/// Passes messages as the bytes they are.
#[derive(Clone, Copy, Debug, Default)]
pub struct RawCodec;

impl Codec for RawCodec {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for RawCodec {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, item: Bytes, out: &mut EncodeBuf<'_>) -> Result<(), Status> {
        out.put(item);
        Ok(())
    }
}

impl Decoder for RawCodec {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, input: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(input.copy_to_bytes(input.remaining())))
    }
}
