// Answers that are streams of events (SelectObjectContent and the like) are never asked for.
export const resolveEventStreamSerdeConfig = (config) => config;
export const eventStreamSerdeProvider = () => {
  throw new Error('event streams are left out of this bundle');
};
export class EventStreamSerde {}
