import type { FastifyInstance } from 'fastify';
import { actorOf } from '../http/app.ts';
import { parse } from '../http/input.ts';
import { originOf } from '../http/origin.ts';
import { ProjectError } from '../projects/errors.ts';
import type { Project, ProjectName, ProjectService } from '../projects/service.ts';
import { PROJECT_SETTINGS } from '../projects/settings.ts';
import { mem0Access } from './mem0-errors.ts';
import { iso } from './mem0-memory.ts';
import { mem0ProjectPath, mem0ProjectQuery, mem0ProjectUpdate } from './mem0-project-schema.ts';

const PROJECT = '/api/v1/orgs/organizations/:org/projects/:project/';
const NOTE = 'Kept, and without effect so far: no model is configured that they could steer.';

/** What was never set is null; with `fields`, those of them that there are. */
function present({ org, project }: ProjectName, { settings, updatedAt }: Project, fields?: string[]) {
  const whole: Record<string, unknown> = {
    org_id: org,
    project_id: project,
    ...Object.fromEntries(PROJECT_SETTINGS.map((name) => [name, settings[name] ?? null])),
    updated_at: updatedAt === null ? null : iso(updatedAt),
    note: NOTE,
  };
  if (!fields) return whole;
  return Object.fromEntries(
    fields.filter((name) => Object.hasOwn(whole, name)).map((name) => [name, whole[name]]),
  );
}

export interface Mem0ProjectDeps {
  projects: Pick<ProjectService, 'get' | 'update'>;
}

/** A namespace's settings, as mem0's clients know them: both ids are those that `/v1/ping/` answers. */
export function mem0ProjectRoutes(app: FastifyInstance, { projects }: Mem0ProjectDeps): void {
  /** `?fields=custom_instructions&fields=…` → the settings; 404 for another namespace. */
  app.get(PROJECT, mem0Access.read, async (request) => {
    const name = parse(mem0ProjectPath, request.params);
    const { fields } = parse(mem0ProjectQuery, request.query);
    return present(name, await projects.get(actorOf(request, 'memories:read'), name), fields);
  });

  /** `{custom_instructions?, custom_categories?, decay?, …}` → `{message, note, screening}`; null clears. */
  app.patch(PROJECT, mem0Access.changeProject, async (request) => {
    const name = parse(mem0ProjectPath, request.params);
    const { org_id = name.org, project_id = name.project, changes } = parse(mem0ProjectUpdate, request.body);
    if (org_id !== name.org || project_id !== name.project) throw new ProjectError();
    const actor = actorOf(request, 'projects:write');
    const { screening } = await projects.update(actor, originOf(request), name, changes);
    return { message: 'Project updated successfully.', note: NOTE, screening };
  });
}
