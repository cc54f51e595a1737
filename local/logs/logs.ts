import { actionOf } from '../gateway/action.ts';
import { jsonAnswer, jsonError } from '../gateway/answers.ts';
import type { AwsRequest, AwsResponse, Forward, LocalService } from '../gateway/request.ts';
import { parseTerms } from './filter-pattern.ts';
import type { FunctionLogs, LogEvent } from './function-logs.ts';

interface Asked {
  logGroupName?: string;
  filterPattern?: string;
  startTime?: number;
  endTime?: number;
  limit?: number;
  nextToken?: string;
}

const MOST_EVENTS = 10_000;

/**
 * CloudWatch Logs: what functions printed here can be searched, and moto knows which groups are deployed. Source: API reference,
 * FilterLogEvents.
 */
export function createLogs(logs: FunctionLogs): LocalService {
  return {
    async handle(request, forward) {
      if (actionOf(request).action !== 'FilterLogEvents') return forward(request);
      const asked: Asked = JSON.parse(request.body.toString());
      const { logGroupName = '', nextToken = '0' } = asked;
      if (!(await isDeployed(logGroupName, request, forward)))
        return jsonError('ResourceNotFoundException', 'The specified log group does not exist.');
      const terms = parseTerms(asked.filterPattern ?? '');
      if (!terms || !/^\d+$/.test(nextToken))
        return jsonError(
          'InvalidParameterException',
          terms ? 'The specified nextToken is invalid.' : 'Invalid filter pattern: only terms are read here',
        );
      return found(logs.of(logGroupName), asked, terms);
    },
  };
}

function found(events: readonly LogEvent[], asked: Asked, terms: readonly string[]): AwsResponse {
  const { startTime = 0, endTime = Number.POSITIVE_INFINITY, limit = MOST_EVENTS, nextToken = '0' } = asked;
  const matching = events.filter(
    ({ timestamp, message }) =>
      timestamp >= startTime && timestamp <= endTime && terms.every((term) => message.includes(term)),
  );
  const from = Number(nextToken);
  const page = matching.slice(from, from + limit);
  const isMore = from + page.length < matching.length;
  return jsonAnswer({
    events: page,
    searchedLogStreams: [],
    ...(isMore && { nextToken: String(from + page.length) }),
  });
}

async function isDeployed(logGroupName: string, request: AwsRequest, forward: Forward): Promise<boolean> {
  const body = Buffer.from(JSON.stringify({ logGroupNamePrefix: logGroupName }));
  const headers = { ...request.headers, 'x-amz-target': 'Logs_20140328.DescribeLogGroups' };
  const answer = await forward({ ...request, headers, body });
  const { logGroups = [] } = JSON.parse(answer.body.toString()) as { logGroups?: { logGroupName: string }[] };
  return logGroups.some((group) => group.logGroupName === logGroupName);
}
