import type { LocalService } from '../gateway/request.ts';

/** STS: moto's, and what is signed with an assumed role's credentials is known from then on as that role's. */
export function createSts(registerPrincipal: (accessKeyId: string, principal: string) => void): LocalService {
  return {
    async handle(request, forward) {
      const answer = await forward(request);
      const asked = new URLSearchParams(request.body.toString());
      const [, accessKeyId] = /<AccessKeyId>([^<]+)</.exec(answer.body.toString()) ?? [];
      const roleArn = asked.get('RoleArn');
      if (asked.get('Action') === 'AssumeRole' && accessKeyId && roleArn)
        registerPrincipal(accessKeyId, roleArn);
      return answer;
    },
  };
}
