/** The pages that mailed links open. */
export type LinkPage = 'verify-email' | 'reset-password' | 'change-email' | 'invitation';

/**
 * The link of a mail. The token is in the fragment, which browsers keep to themselves: it reaches no server log, no
 * proxy and no Referer, and a mail scanner that follows the link uses nothing up.
 */
export function linkTo(publicUrl: string, page: LinkPage, token: string): string {
  return `${publicUrl}/auth/links/${page}#${token}`;
}
