export type CertificateErrorCode = 'not_found' | 'certificate_taken';

const MESSAGES: Record<CertificateErrorCode, string> = {
  not_found: 'There is no such user or certificate name here.',
  certificate_taken: 'This name stands for an account already: remove it there first.',
};

export class CertificateError extends Error {
  readonly code: CertificateErrorCode;

  constructor(code: CertificateErrorCode) {
    super(MESSAGES[code]);
    this.name = 'CertificateError';
    this.code = code;
  }
}
