/** A shape of a service's API model, as botocore has it. */
export interface Shape {
  type: string;
  members?: Record<string, Member>;
  required?: string[];
  /** of a list */
  member?: Member;
  /** of a map */
  key?: Member;
  value?: Member;
  flattened?: boolean;
  /** elements of a list or map, characters of a string, bytes of a blob, or a number's range */
  min?: number;
  max?: number;
  enum?: string[];
  pattern?: string;
  /** exactly one member is given */
  union?: boolean;
  /** any JSON */
  document?: boolean;
  /** the member that is the body of an HTTP request */
  payload?: string;
}

/** What of a model refers to a shape. */
export interface Member {
  shape: string;
  location?: 'uri' | 'querystring' | 'header' | 'headers';
  locationName?: string;
  flattened?: boolean;
  /** JSON as a string, base64 in a header */
  jsonvalue?: boolean;
}

export interface Operation {
  name: string;
  http: { method: string; requestUri: string };
  input?: Member;
  /** another one took its place, mostly at the same address */
  deprecated?: boolean;
}

/** The API model of one service: `service-2.json` of botocore. */
export interface ServiceModel {
  metadata: { protocol: string; protocols?: string[]; targetPrefix?: string };
  operations: Record<string, Operation>;
  shapes: Record<string, Shape>;
}

/** A member's shape; its own `flattened` counts. */
export function shapeOf({ shapes }: ServiceModel, { shape, flattened }: Member): Shape {
  const found = shapes[shape];
  if (!found) throw new Error(`the API model has no shape ${shape}`);
  return flattened ? { ...found, flattened } : found;
}
