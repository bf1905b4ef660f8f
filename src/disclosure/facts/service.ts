/** Whether a family agrees to be worked with (FS-17, BFS-02, BFS-09): the fact `serviceConsent`. */
import type { AgencyId, AgencyKind, PersonId } from '../../domain/words.js';
import { serviceConsentFor } from '../../registers/service-consent.js';
import type { ServiceConsent } from '../../registers/statements.js';
import { allegedAgainst } from './sides.js';
import type { FamilyView, View } from './view.js';

/**
 * Somebody of the families agreed to this service and nobody's last word is another: by what was said to the gateway and by
 * what the services' own systems tell, together. Where one that should tell does not answer, nobody agreed.
 */
export function agreesToService(
  view: View,
  families: readonly FamilyView[],
  said: ReadonlyMap<PersonId, readonly ServiceConsent[]>,
  service: { readonly agency: AgencyId; readonly agencyKind: AgencyKind },
): boolean {
  if (!view.mayHold('serviceConsents') && said.size === 0) return false;
  const members = [...new Set(families.flatMap((family) => [...family.members.keys()]))];
  if (view.isUnknown('serviceConsents', members)) return false;
  const states = members.flatMap((person) => {
    const [statements, rows] = [said.get(person) ?? [], view.of('serviceConsents', person)];
    if (statements.length === 0 && rows.length === 0) return [];
    const guardians = guardiansOf(view, person);
    const state = serviceConsentFor(statements, rows, {
      subject: person,
      isChild: view.isChild(person),
      guardians,
      allegedAgainstSubjectOrCarer: [person, ...guardians].flatMap((each) => allegedAgainst(view, each)),
      service: service.agency,
      serviceKind: service.agencyKind,
      at: view.now,
    });
    return state === 'NONE' ? [] : [state];
  });
  return states.length > 0 && states.every((state) => state === 'GIVEN');
}

/** Who holds parental responsibility for somebody, as the sources tell. */
export function guardiansOf(view: View, person: PersonId): PersonId[] {
  return view
    .of('relationships', person)
    .filter((row) => row.person === person && row.parentalResponsibility)
    .map((row) => row.other);
}
