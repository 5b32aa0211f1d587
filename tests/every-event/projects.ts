import { NAME, ok, type Stage, TEXT } from './stage.ts';
import { inSession, type Provocation, told } from './told.ts';

/** What mem0's clients find beside memories: a namespace's settings, feedback and exports. */
export function projectEvents(stage: Stage) {
  const user = `${NAME}-of-the-project`;
  const byAdmin = () => inSession(stage.admin);

  return {
    'project.updated': async () => {
      const { namespace } = stage.admin;
      const path = `/api/v1/orgs/organizations/${namespace}/projects/${namespace}/`;
      await ok(stage.admin.api('PATCH', path, { custom_instructions: `remember each ${TEXT}` }));
      const about = { namespace, resource: ['project', [namespace]], states: 'before and after' } as const;
      return told(byAdmin(), `PATCH ${path}`, about);
    },
    'memory.feedback': async () => {
      const { namespace } = stage.admin;
      const stored = await ok(stage.admin.api('POST', '/memories', { content: TEXT, user_id: user }));
      const path = `/memories/${stored.id}/feedback`;
      await ok(stage.admin.api('PUT', path, { feedback: 'NEGATIVE', feedback_reason: `no ${TEXT}` }));
      const about = { namespace, resource: ['memory', [stored.id]], states: 'after' } as const;
      return told(byAdmin(), `PUT ${path}`, about);
    },
    'memory.exported': async () => {
      const { namespace } = stage.admin;
      const schema = { type: 'object', properties: { memory: { type: 'string' } } };
      const asked = { schema, filters: { user_id: user } };
      const { id } = await ok(stage.admin.api('POST', '/v1/exports/', asked));
      await ok(stage.admin.api('POST', '/v1/exports/get/', { memory_export_id: id }));
      const about = { namespace, resource: ['memory_export', [id]] } as const;
      return told(byAdmin(), 'POST /v1/exports/get/', about);
    },
  } satisfies Record<string, Provocation>;
}
