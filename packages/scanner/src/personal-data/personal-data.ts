import type { Rule } from '../rule.ts';
import { streetAddress } from './address.ts';
import { africaAndPacific } from './africa-and-pacific.ts';
import { alpineAndBenelux } from './alpine-and-benelux.ts';
import { asia } from './asia.ts';
import { bankIdentifier } from './bank-identifier.ts';
import { birthDate } from './birth-date.ts';
import { britishIsles } from './british-isles.ts';
import { centralEurope } from './central-europe.ts';
import { documents } from './documents.ts';
import { eastAsia } from './east-asia.ts';
import { easternEurope } from './eastern-europe.ts';
import { germany } from './germany.ts';
import { iban } from './iban.ts';
import { identifierRule } from './identifier-kind.ts';
import { insuranceAndCards } from './insurance-and-cards.ts';
import { latinAmerica } from './latin-america.ts';
import { markers } from './markers.ts';
import { middleEast } from './middle-east.ts';
import { ipv4Address, ipv6Address, macAddress } from './network-address.ts';
import { nordic, plPesel } from './nordic.ts';
import { northAmerica } from './north-america.ts';
import { personName } from './person-name.ts';
import { phone } from './phone.ts';
import { southEastAsia } from './south-east-asia.ts';
import { southernEurope } from './southern-europe.ts';
import { southernHemisphere } from './southern-hemisphere.ts';
import { vehicles } from './vehicles.ts';
import { bitcoinAddress, ethereumAddress } from './wallet.ts';
import { westernEurope } from './western-europe.ts';
import { writtenEmail } from './written-email.ts';

/** Kinds that differ in form, check digits and names only, by region. */
export const identifierKinds = [
  ...northAmerica,
  ...britishIsles,
  ...germany,
  ...southernEurope,
  ...alpineAndBenelux,
  ...nordic,
  plPesel,
  ...asia,
  ...southernHemisphere,
  ...westernEurope,
  ...centralEurope,
  ...easternEurope,
  ...middleEast,
  ...eastAsia,
  ...southEastAsia,
  ...latinAmerica,
  ...africaAndPacific,
  ...documents,
  ...insuranceAndCards,
  ...vehicles,
];

/** Every rule of personal data but e-mail, payment cards and the US social security number. */
export const personalDataRules: readonly Rule[] = [
  iban,
  bitcoinAddress,
  ...identifierKinds.map(identifierRule),
  phone,
  writtenEmail,
  birthDate,
  ipv4Address,
  ipv6Address,
  macAddress,
  ethereumAddress,
  bankIdentifier,
  streetAddress,
  personName,
  ...markers,
];
