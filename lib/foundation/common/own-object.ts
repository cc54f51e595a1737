import * as z from 'zod/mini';

/**
 * An object that our own code stores. A newer version may have written it before a rollback: members that are not known here
 * are passed over, and kept by whoever writes the object again. What people write is strict instead.
 */
export function ownObject<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  // Typed without the index signature of a loose object, which would let misspelt members pass.
  return z.looseObject(shape) as unknown as ReturnType<typeof z.object<Shape>>;
}
