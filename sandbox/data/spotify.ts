import * as z from "zod";
import { holder, person } from "./people.ts";
import { ADJECTIVES, dice, hoursAgoShort, idOf, many, NOUNS, ODD_TITLES, perAccount, pick } from "./words.ts";

/** A playlist as it is stored. */
export const Playlist = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  public: z.boolean().nullable(),
  collaborative: z.boolean(),
  ownerId: z.string(),
  ownerName: z.string().nullable(),
  hasImage: z.boolean(),
  /** What was put there in place of its picture, in base64. */
  image: z.string().nullable(),
  /** What is on it, in its order. */
  items: z.array(z.object({ track: z.string(), addedAt: z.string() })),
  /** How often it was changed. */
  version: z.number(),
});
export type Playlist = z.infer<typeof Playlist>;

/** A track of the catalogue, which is the same for everybody. */
export interface Track {
  readonly id: string;
  readonly name: string;
  readonly album: string;
  readonly artist: string;
  readonly number: number;
  readonly duration: number;
  readonly explicit: boolean;
}

export interface Album {
  readonly id: string;
  readonly name: string;
  readonly artist: string;
  readonly type: "album" | "single";
  readonly tracks: number;
  readonly released: string;
}

export interface Artist {
  readonly id: string;
  readonly name: string;
}

const PLAYLISTS_PER_ACCOUNT = [173, 31, 0];
const ALBUMS = 60;
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

export const ARTISTS: readonly Artist[] = many(20, (index) => {
  const roll = dice(`artist/${index}`);
  const plain = `The ${pick(ADJECTIVES, roll)} ${pick(NOUNS, roll)}s`;
  return { id: idOf(`artist/${index}`, 22), name: index % 5 === 4 ? person("artist", index).full : plain };
});

export const RECORDS: readonly Album[] = many(ALBUMS, (index) => {
  const roll = dice(`album/${index}`);
  const isSingle = index % 4 === 3;
  return {
    id: idOf(`album/${index}`, 22),
    name: index % 13 === 6 ? pick(ODD_TITLES, roll) : `${pick(ADJECTIVES, roll)} ${pick(NOUNS, roll)}`,
    artist: ARTISTS[index % ARTISTS.length]?.id ?? "",
    type: isSingle ? "single" : "album",
    tracks: isSingle ? 1 : 8 + (index % 5),
    released: `${1971 + ((index * 7) % 55)}-0${1 + (index % 9)}-1${index % 10}`,
  };
});

export const TRACKS: readonly Track[] = RECORDS.flatMap((album) =>
  many(album.tracks, (index) => {
    const roll = dice(`track/${album.id}/${index}`);
    return {
      id: idOf(`track/${album.id}/${index}`, 22),
      name: album.tracks === 1 ? album.name : `${pick(NOUNS, roll)} and ${pick(NOUNS, roll)}`,
      album: album.id,
      artist: album.artist,
      number: index + 1,
      duration: 95_000 + Math.floor(roll() * 280_000),
      explicit: index % 7 === 5,
    };
  }),
);

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
      hasImage: index % 7 !== 6,
      image: null,
      items: many(index % 21 === 20 ? 0 : Math.floor(roll() * 240) + 1, (place) => ({
        track: TRACKS[(index * 31 + place * 7) % TRACKS.length]?.id ?? "",
        addedAt: hoursAgoShort(index * 9 + place),
      })),
      version: 1,
    };
  });
});
