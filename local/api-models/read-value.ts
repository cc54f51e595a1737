import { isRecord } from './check-value.ts';
import { type Member, type ServiceModel, type Shape, shapeOf } from './service-model.ts';

/** How a value is written: JSON has types, forms and XML have text only and differ in how they write lists and maps. */
export type Notation = 'json' | 'form' | 'xml';

const NUMBERS = ['integer', 'long', 'float', 'double'];
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** Reads values of a model's shapes from what a notation gave for them. What cannot be read stays what it is, to be complained about. */
export class ValueReader {
  readonly #model: ServiceModel;
  readonly #notation: Notation;

  constructor(model: ServiceModel, notation: Notation) {
    this.#model = model;
    this.#notation = notation;
  }

  /** Names are the model's afterwards; what the shape does not know keeps its own. */
  read(member: Member, given: unknown): unknown {
    const shape = shapeOf(this.#model, member);
    if (shape.document) return given;
    switch (shape.type) {
      case 'structure':
        return this.#structure(shape, given);
      case 'list':
        return this.#list(shape, given);
      case 'map':
        return this.#map(shape, given);
      default:
        return this.#notation === 'json' && shape.type !== 'blob' ? given : fromText(shape.type, given);
    }
  }

  /** An empty structure is an empty text in XML and in forms. */
  #structure({ members = {} }: Shape, given: unknown): unknown {
    if (given === '' && this.#notation !== 'json') return {};
    if (!isRecord(given)) return given;
    const byName = new Map(
      Object.entries(members).map(([name, member]) => [this.#nameOf(name, member), name]),
    );
    return Object.fromEntries(
      Object.entries(given).map(([written, value]) => {
        const name = byName.get(written) ?? written;
        const member = members[name];
        return [name, member ? this.read(member, value) : value];
      }),
    );
  }

  /** A flattened list of a form may have the name of its elements. */
  #nameOf(name: string, member: Member): string {
    const shape = shapeOf(this.#model, member);
    const element = shape.type === 'list' && shape.flattened ? shape.member?.locationName : undefined;
    return (this.#notation === 'form' ? element : undefined) ?? member.locationName ?? name;
  }

  #list({ member, flattened }: Shape, given: unknown): unknown {
    const written = this.#elements(given, flattened ? undefined : (member?.locationName ?? 'member'));
    return Array.isArray(written) && member ? written.map((one) => this.read(member, one)) : written;
  }

  #map({ key, value, flattened }: Shape, given: unknown): unknown {
    if (!key || !value) return given;
    if (this.#notation === 'json') {
      if (!isRecord(given)) return given;
      return Object.fromEntries(Object.entries(given).map(([name, one]) => [name, this.read(value, one)]));
    }
    const entries = this.#elements(given, flattened ? undefined : 'entry');
    if (!Array.isArray(entries)) return entries;
    const [keyName, valueName] = [key.locationName ?? 'key', value.locationName ?? 'value'];
    return Object.fromEntries(
      entries.map((entry) => [String(entry[keyName]), this.read(value, entry[valueName])]),
    );
  }

  /** In a form numbered from 1; in XML repeated; below an element of that name where there is one. */
  #elements(given: unknown, name: string | undefined): unknown {
    if (this.#notation === 'json') return given;
    if (given === '') return [];
    const within = name !== undefined && isRecord(given) ? given[name] : given;
    if (this.#notation === 'xml')
      return Array.isArray(within) ? within : within === undefined ? given : [within];
    return isRecord(within) ? Object.values(within) : given;
  }
}

/** A scalar as text has it: in addresses, headers, forms and XML. */
export function fromText(type: string, given: unknown): unknown {
  if (typeof given !== 'string') return given;
  if (type === 'boolean') return given === 'true' || (given === 'false' ? false : given);
  if (NUMBERS.includes(type))
    return given.trim() === '' || Number.isNaN(Number(given)) ? given : Number(given);
  if (type === 'blob') return BASE64.test(given) ? Buffer.from(given, 'base64') : given;
  return given;
}
