/**
 * A world's workers as a realm that Keycloak imports. Its access tokens carry what sign-in asks for: `sub` the worker, `agency`,
 * `roles`, the gateway as audience, and `nbf`, which Keycloak gives no token of itself. ONE realm speaks for all agencies of a
 * world; in service every agency has a provider of its own.
 */
import type { Role } from '../domain/words.js';

export interface RealmWorker {
  readonly id: string;
  readonly name: string;
  readonly agency: string;
  readonly roles: readonly Role[];
}

export const REALM = 'threshold';
export const REALM_CLIENT = 'threshold-demo';
export const REALM_AUDIENCE = 'urn:threshold:gateway';

/** The realm as a document of Keycloak's import format. Everybody has the same password: the people are invented. */
export function realmOf(workers: readonly RealmWorker[], password: string): object {
  return {
    realm: REALM,
    enabled: true,
    sslRequired: 'none',
    accessTokenLifespan: 3600,
    // Attributes are kept though no profile declares them.
    components: {
      'org.keycloak.userprofile.UserProfileProvider': [
        {
          providerId: 'declarative-user-profile',
          config: {
            'kc.user.profile.config': [JSON.stringify({ attributes: PROFILE, unmanagedAttributePolicy: 'ENABLED' })],
          },
        },
      ],
    },
    clients: [
      {
        clientId: REALM_CLIENT,
        publicClient: true,
        // The password grant, so that a token can be had from a command line. Not for service.
        directAccessGrantsEnabled: true,
        standardFlowEnabled: true,
        redirectUris: ['http://localhost/*'],
        protocolMappers: [
          mapper('sub', 'oidc-usermodel-property-mapper', {
            'user.attribute': 'username',
            'claim.name': 'sub',
            'jsonType.label': 'String',
          }),
          mapper('agency', 'oidc-usermodel-attribute-mapper', {
            'user.attribute': 'agency',
            'claim.name': 'agency',
            'jsonType.label': 'String',
          }),
          mapper('roles', 'oidc-usermodel-attribute-mapper', {
            'user.attribute': 'roles',
            'claim.name': 'roles',
            'jsonType.label': 'String',
            multivalued: 'true',
          }),
          mapper('audience', 'oidc-audience-mapper', { 'included.custom.audience': REALM_AUDIENCE }),
          mapper('not before', 'oidc-hardcoded-claim-mapper', {
            'claim.name': 'nbf',
            'claim.value': '0',
            'jsonType.label': 'long',
          }),
        ],
      },
    ],
    users: workers.map(({ id, name, agency, roles }) => {
      const [firstName = id, ...rest] = name.split(' ');
      return {
        username: id,
        enabled: true,
        emailVerified: true,
        email: `${id}@example.invalid`,
        firstName,
        lastName: rest.join(' ') || id,
        attributes: { agency: [agency], roles: [...roles] },
        credentials: [{ type: 'password', value: password, temporary: false }],
      };
    }),
  };
}

const PROFILE = ['username', 'email', 'firstName', 'lastName'].map((name) => ({
  name,
  permissions: { view: ['admin', 'user'], edit: ['admin'] },
}));

function mapper(name: string, protocolMapper: string, config: Readonly<Record<string, string>>): object {
  return { name, protocol: 'openid-connect', protocolMapper, config: { 'access.token.claim': 'true', ...config } };
}
