import { holder, person } from "./people.ts";
import { ADJECTIVES, dice, idOf, many, NOUNS, ODD_TITLES, perAccount, pick } from "./words.ts";

/** A playlist as the list shows it, before links are added. */
export interface Playlist {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly public: boolean | null;
  readonly collaborative: boolean;
  readonly ownerId: string;
  readonly ownerName: string | null;
  readonly total: number;
  readonly hasImage: boolean;
}

const PLAYLISTS_PER_ACCOUNT = [173, 31, 0];
const MOODS = ["mix", "radio", "on repeat", "after midnight", "for cooking", "vol. 3", "夜", "sin prisa"] as const;

/** Who an account is. The second has no picture, as many do. */
export function spotifyUser(account: number) {
  const { full, login } = holder(account);
  return {
    id: login.replaceAll("-", ""),
    accountId: idOf(`spotify/${account}`, 22),
    name: full,
    hasImage: account !== 1,
  };
}

/** The playlists of an account. */
export const spotifyPlaylists = perAccount((account): readonly Playlist[] => {
  const user = spotifyUser(account);
  return many(PLAYLISTS_PER_ACCOUNT[account] ?? 0, (index) => {
    const roll = dice(`playlist/${account}/${index}`);
    const plain = `${pick(ADJECTIVES, roll)} ${pick(NOUNS, roll)} ${pick(MOODS, roll)}`;
    const friend = index % 6 === 5 ? person("spotify", index) : undefined;
    return {
      id: idOf(`playlist/${account}/${index}`, 22),
      name: index % 19 === 3 ? (ODD_TITLES[index % ODD_TITLES.length] ?? plain) : plain,
      description: index % 4 === 0 ? null : index % 4 === 1 ? "" : `Made on a ${pick(ADJECTIVES, roll)} evening`,
      public: index % 9 === 8 ? null : index % 3 !== 0,
      collaborative: index % 15 === 2,
      ownerId: friend === undefined ? user.id : `friend${index}`,
      ownerName: friend === undefined ? user.name : index % 12 === 11 ? null : friend.full,
      total: index % 21 === 20 ? 0 : Math.floor(roll() * 240) + 1,
      hasImage: index % 7 !== 6,
    };
  });
});
