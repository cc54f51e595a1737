import type { AwsRequest } from '../gateway/request.ts';
import { type Operation, type ServiceModel, shapeOf } from './service-model.ts';

interface Route {
  operation: Operation;
  path: RegExp;
  labels: string[];
  /** with the operation in its address, such as `list-type=2` */
  query: [string, string][];
  requiredQuery: string[];
  requiredHeaders: string[];
}

export interface FoundOperation {
  operation: Operation;
  /** of the path, decoded, by label */
  labels: Record<string, string>;
  query: URLSearchParams;
}

const routesOf = new WeakMap<ServiceModel, Route[]>();

/**
 * The operation of a REST request, by method, path, and what its query and headers have to hold; of several the one that asks
 * for most, and is not deprecated. `undefined` where the model has none.
 */
export function findOperation(model: ServiceModel, request: AwsRequest): FoundOperation | undefined {
  const routes = routesOf.get(model) ?? Object.values(model.operations).map((one) => routeOf(model, one));
  routesOf.set(model, routes);
  const [path = '', search = ''] = request.path.split('?');
  const query = new URLSearchParams(search);
  const fits = (route: Route) =>
    route.operation.http.method === request.method &&
    route.path.test(path) &&
    route.query.every(([name, value]) => query.get(name) === value) &&
    route.requiredQuery.every((name) => query.has(name)) &&
    route.requiredHeaders.every((name) => request.headers[name] !== undefined);
  const route = routes.filter(fits).sort((a, b) => demandsOf(b) - demandsOf(a))[0];
  if (!route) return undefined;
  const values = (route.path.exec(path) ?? []).slice(1).map(decodeURIComponent);
  return {
    operation: route.operation,
    labels: Object.fromEntries(route.labels.map((label, at) => [label, values[at] ?? ''])),
    query,
  };
}

/** A path with fewer labels says more. */
function demandsOf({ operation, query, requiredQuery, requiredHeaders, labels }: Route): number {
  const demands = 100 * (query.length + requiredQuery.length + requiredHeaders.length) - labels.length;
  return operation.deprecated ? demands - 0.5 : demands;
}

function routeOf(model: ServiceModel, operation: Operation): Route {
  const [template = '', search = ''] = operation.http.requestUri.split('?');
  const labels: string[] = [];
  const source = template
    .replace(/[.*+?^$()[\]\\]/g, '\\$&')
    .replace(/\{(\w+)(\\\+)?\}/g, (_, label, greedy) => {
      labels.push(label);
      return greedy ? '(.+)' : '([^/]+)';
    });
  const { members = {}, required = [] } = operation.input ? shapeOf(model, operation.input) : {};
  const requiredIn = (location: string) =>
    required.flatMap((name) =>
      members[name]?.location === location ? [members[name].locationName ?? name] : [],
    );
  return {
    operation,
    path: new RegExp(`^${source.replace(/\/$/, '')}/?$`, 's'),
    labels,
    query: [...new URLSearchParams(search)],
    requiredQuery: requiredIn('querystring'),
    requiredHeaders: requiredIn('header').map((name) => name.toLowerCase()),
  };
}
