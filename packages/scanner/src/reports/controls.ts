import type { Mappings } from '../rule.ts';

/** A catalogue of controls, as the findings' mappings name them. */
export interface Framework {
  readonly key: keyof Mappings;
  readonly name: string;
  readonly version: string;
  readonly url: string;
  /** By id; what is not here is shown by its id alone. */
  readonly titles: Readonly<Record<string, string>>;
}

/** The frameworks of the compliance view. The titles are those of the catalogues; those of PCI DSS and SOC 2 are shortened. */
export const frameworks: readonly Framework[] = [
  {
    key: 'owasp',
    name: 'OWASP Top 10',
    version: '2021',
    url: 'https://owasp.org/Top10/2021/',
    titles: {
      'A01:2021': 'Broken Access Control',
      'A02:2021': 'Cryptographic Failures',
      'A03:2021': 'Injection',
      'A04:2021': 'Insecure Design',
      'A05:2021': 'Security Misconfiguration',
      'A06:2021': 'Vulnerable and Outdated Components',
      'A07:2021': 'Identification and Authentication Failures',
      'A08:2021': 'Software and Data Integrity Failures',
      'A09:2021': 'Security Logging and Monitoring Failures',
      'A10:2021': 'Server-Side Request Forgery',
    },
  },
  {
    key: 'cwe',
    name: 'CWE',
    version: '4',
    url: 'https://cwe.mitre.org/',
    titles: {
      'CWE-22': 'Path Traversal',
      'CWE-78': 'OS Command Injection',
      'CWE-79': 'Cross-site Scripting',
      'CWE-89': 'SQL Injection',
      'CWE-94': 'Code Injection',
      'CWE-95': 'Eval Injection',
      'CWE-200': 'Exposure of Sensitive Information to an Unauthorized Actor',
      'CWE-214': 'Invocation of Process Using Visible Sensitive Information',
      'CWE-259': 'Use of Hard-coded Password',
      'CWE-295': 'Improper Certificate Validation',
      'CWE-312': 'Cleartext Storage of Sensitive Information',
      'CWE-319': 'Cleartext Transmission of Sensitive Information',
      'CWE-321': 'Use of Hard-coded Cryptographic Key',
      'CWE-326': 'Inadequate Encryption Strength',
      'CWE-327': 'Use of a Broken or Risky Cryptographic Algorithm',
      'CWE-330': 'Use of Insufficiently Random Values',
      'CWE-352': 'Cross-Site Request Forgery',
      'CWE-359': 'Exposure of Private Personal Information to an Unauthorized Actor',
      'CWE-377': 'Insecure Temporary File',
      'CWE-400': 'Uncontrolled Resource Consumption',
      'CWE-502': 'Deserialization of Untrusted Data',
      'CWE-522': 'Insufficiently Protected Credentials',
      'CWE-538': 'Insertion of Sensitive Information into Externally-Accessible File or Directory',
      'CWE-601': 'Open Redirect',
      'CWE-605': 'Multiple Binds to the Same Port',
      'CWE-611': 'Improper Restriction of XML External Entity Reference',
      'CWE-703': 'Improper Check or Handling of Exceptional Conditions',
      'CWE-732': 'Incorrect Permission Assignment for Critical Resource',
      'CWE-798': 'Use of Hard-coded Credentials',
      'CWE-918': 'Server-Side Request Forgery',
      'CWE-1321': 'Prototype Pollution',
      'CWE-1333': 'Inefficient Regular Expression Complexity',
      'CWE-1392': 'Use of Default Credentials',
      'CWE-1395': 'Dependency on Vulnerable Third-Party Component',
    },
  },
  {
    key: 'hipaa',
    name: 'HIPAA Security Rule',
    version: '45 CFR 164',
    url: 'https://www.ecfr.gov/current/title-45/subtitle-A/subchapter-C/part-164/subpart-C/section-164.312',
    titles: {
      '164.312(a)(1)': 'Access control',
      '164.312(a)(2)(iv)': 'Encryption and decryption',
      '164.312(d)': 'Person or entity authentication',
      '164.312(e)(1)': 'Transmission security',
    },
  },
  {
    key: 'pciDss',
    name: 'PCI DSS',
    version: '4.0.1',
    url: 'https://www.pcisecuritystandards.org/document_library/',
    titles: {
      '3.2.1': 'Account data storage is kept to a minimum',
      '3.4.1': 'PAN is masked when displayed',
      '3.5.1': 'PAN is rendered unreadable anywhere it is stored',
      '6.2.4': 'Common software attacks and related vulnerabilities are prevented or mitigated',
      '6.3.3': 'All system components are protected from known vulnerabilities by patches',
      '8.6.2': 'Passwords of application and system accounts are not hard coded',
    },
  },
  {
    key: 'soc2',
    name: 'SOC 2',
    version: 'TSC 2017',
    url: 'https://www.aicpa-cima.com/resources/download/2017-trust-services-criteria-with-revised-points-of-focus-2022',
    titles: {
      'CC6.1': 'Logical access security over protected information assets',
      'CC7.1': 'Detection of changes of configuration and of new vulnerabilities',
      'P4.1': 'Use of personal information limited to the purposes identified',
    },
  },
];
