import { expect } from 'vitest';
import { NAME, ok, type Stage, TEXT } from './stage.ts';
import { inSession, type Provocation, SYSTEM, told } from './told.ts';

/** Namespaces and who is in them; and what goes with an account that is removed. */
export function namespaceEvents(stage: Stage) {
  const path = () => `/namespaces/${stage.team.namespace}`;
  const ada = () => ['account', [stage.ada.account]] as const;
  const byTeam = () => inSession(stage.team);
  let removal: Promise<{ call: string; namespace: string; account: string }> | undefined;

  return {
    'namespace.created': async () => {
      const { id: namespace } = await ok(stage.admin.api('POST', '/namespaces', { name: `${NAME} team` }));
      stage.team = await stage.enter('root', { namespace });
      const about = { namespace, resource: ['namespace', [namespace]] } as const;
      return told(inSession(stage.admin), 'POST /namespaces', about);
    },
    'namespace.updated': async () => {
      const { namespace } = stage.team;
      await ok(stage.team.api('PATCH', path(), { audit_reads: 'deferred' }));
      return told(byTeam(), `PATCH ${path()}`, {
        namespace,
        resource: ['namespace', [namespace]],
        action: 'audit_reads',
        states: 'before and after',
      });
    },
    'namespace.member.added': async () => {
      const { token, id } = await ok(stage.team.api('POST', `${path()}/invitations`, { role: 'user' }));
      stage.secrets.add(token);
      await ok(stage.ada.api('POST', '/auth/invitations/accept', { token }));
      return told(inSession(stage.ada), 'POST /auth/invitations/accept', {
        namespace: stage.team.namespace,
        resource: ['invitation', [id]],
        action: 'role user',
        states: 'after',
      });
    },
    'namespace.member.updated': async () => {
      const member = `${path()}/members/${stage.ada.account}`;
      await ok(stage.team.api('PATCH', member, { role: 'readonly' }));
      const { namespace } = stage.team;
      const about = { namespace, resource: ada(), action: 'role readonly' };
      return told(byTeam(), `PATCH ${member}`, { ...about, states: 'before and after' });
    },
    'namespace.member.removed': async () => {
      const member = `${path()}/members/${stage.ada.account}`;
      await ok(stage.team.api('DELETE', member));
      const about = { namespace: stage.team.namespace, resource: ada() };
      return told(byTeam(), `DELETE ${member}`, { ...about, states: 'before' });
    },

    'key.created': async () => {
      const { namespace } = await removed();
      return told(SYSTEM, undefined, { namespace, resource: ['subject', [expect.any(String)]] });
    },
    'user.deleted': async () => {
      const { call, namespace, account } = await removed();
      return told(inSession(stage.admin), call, { namespace, resource: ['account', [account]] });
    },
    'namespace.deleted': async () => {
      const { call, namespace } = await removed();
      return told(inSession(stage.admin), call, { namespace, resource: ['namespace', [namespace]] });
    },
    'key.destroyed': async () => {
      const { call, namespace } = await removed();
      const about = { namespace, resource: ['subject', [expect.any(String)]] } as const;
      return told(inSession(stage.admin), call, about);
    },
    'subject.erased': async () => {
      const { call, namespace } = await removed();
      const about = { namespace, resource: ['subject', [expect.any(String)]] } as const;
      return told(inSession(stage.admin), call, about);
    },
  } satisfies Record<string, Provocation>;

  /** Somebody comes, stores one memory, which makes one data subject, and is removed. */
  function removed() {
    removal ??= (async () => {
      const { api, account, namespace } = await stage.person('bob');
      await ok(api('POST', '/memories', { content: `${TEXT} of somebody who goes` }));
      await ok(stage.admin.api('DELETE', `/users/${account}`));
      return { call: `DELETE /users/${account}`, namespace, account };
    })();
    return removal;
  }
}
