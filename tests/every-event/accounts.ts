import { letterTo, SUBJECTS } from '../attacks/outbox.ts';
import { mailOf, NAME, ok, PASSWORD, type Stage } from './stage.ts';
import { inSession, NOBODY, owner, type Provocation, told } from './told.ts';

/** How accounts begin, change and end. */
export function accountEvents(stage: Stage) {
  const resource = () => ['account', [stage.ada.account]] as const;
  const of = () => ({ namespace: stage.ada.namespace, resource: resource() });
  const letter = (subject: keyof typeof SUBJECTS) =>
    letterTo(stage.server, stage.adaMail, SUBJECTS[subject]).then(({ token }) => {
      stage.secrets.add(token);
      return token;
    });
  const path = () => `/users/${stage.ada.account}`;
  const change = async (body: object) => {
    await ok(stage.admin.api('PATCH', path(), body));
    return `PATCH ${path()}`;
  };
  const byAdmin = () => inSession(stage.admin);
  let invitation: string;
  let certificate: string;

  return {
    'user.created': async () => {
      stage.ada = await stage.person('ada');
      return told(NOBODY, 'POST /auth/register', of());
    },
    'user.email.verified': async () => {
      await ok(stage.open('POST', '/auth/verify-email', { token: await letter('verify') }));
      return told(owner(stage.ada), 'POST /auth/verify-email', of());
    },
    'user.email.changed': async () => {
      stage.adaMail = mailOf('ada-moved');
      const email = stage.adaMail;
      await ok(stage.ada.api('POST', '/auth/change-email', { email, password: PASSWORD }));
      await ok(stage.open('POST', '/auth/change-email/confirm', { token: await letter('changeAddress') }));
      return told(owner(stage.ada), 'POST /auth/change-email/confirm', of());
    },
    'user.password.reset.requested': async () => {
      await ok(stage.open('POST', '/auth/forgot-password', { email: stage.adaMail }));
      return told(NOBODY, 'POST /auth/forgot-password', of());
    },
    'user.password.reset': async () => {
      const words = { token: await letter('reset'), new_password: PASSWORD };
      await ok(stage.open('POST', '/auth/reset-password', words));
      return told(owner(stage.ada), 'POST /auth/reset-password', of());
    },
    'user.password.changed': async () => {
      const ada = await stage.enter('ada');
      const next = `${PASSWORD}-8`;
      const words = { current_password: PASSWORD, new_password: next };
      const back = { current_password: next, new_password: PASSWORD };
      const changed = stage.session(await ada.api('POST', '/auth/change-password', words));
      stage.ada = stage.session(await changed.api('POST', '/auth/change-password', back));
      return told(inSession(ada), 'POST /auth/change-password', of());
    },

    'user.updated': async () => {
      const call = await change({ role: 'readonly' });
      return told(byAdmin(), call, { ...of(), action: 'role readonly', states: 'before and after' });
    },
    'user.deactivated': async () => {
      const call = await change({ is_active: false });
      return told(byAdmin(), call, { ...of(), action: 'role readonly', states: 'before and after' });
    },
    'user.activated': async () => {
      const call = await change({ is_active: true });
      stage.ada = await stage.enter('ada');
      return told(byAdmin(), call, { ...of(), action: 'role readonly', states: 'before and after' });
    },

    'user.invited': async () => {
      ({ id: invitation } = await ok(stage.admin.api('POST', '/invitations', { email: mailOf('eve') })));
      const { namespace } = stage.admin;
      const about = { namespace, resource: ['invitation', [invitation]], action: 'role user' } as const;
      return told(byAdmin(), 'POST /invitations', about);
    },
    'user.invitation.withdrawn': async () => {
      await ok(stage.admin.api('DELETE', `/invitations/${invitation}`));
      const { namespace } = stage.admin;
      const about = { namespace, resource: ['invitation', [invitation]] } as const;
      return told(byAdmin(), `DELETE /invitations/${invitation}`, about);
    },
    'user.certificate.added': async () => {
      const name = `DNS:${NAME}.example.org`;
      ({ id: certificate } = await ok(stage.admin.api('POST', `${path()}/certificates`, { name })));
      return told(byAdmin(), `POST ${path()}/certificates`, nameOfCertificate());
    },
    'user.certificate.removed': async () => {
      await ok(stage.admin.api('DELETE', `${path()}/certificates/${certificate}`));
      return told(byAdmin(), `DELETE ${path()}/certificates/${certificate}`, nameOfCertificate());
    },
  } satisfies Record<string, Provocation>;

  function nameOfCertificate() {
    const ids = [certificate, stage.ada.account];
    return { namespace: stage.admin.namespace, resource: ['certificate_name', ids] } as const;
  }
}
