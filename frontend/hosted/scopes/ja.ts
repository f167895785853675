import type { ScopeWords } from "../scope-languages.ts";

export const ja: ScopeWords = {
  airtable: {
    "schema.bases:read": "ベースの構造を見る",
    "data.records:read": "ベースのレコードを見る",
    "user.email:read": "メールアドレスを見る",
  },
  facebook: {
    public_profile: "名前と写真を受け取る",
    email: "メールアドレスを受け取る",
    pages_show_list: "管理しているページを見る",
  },
  github: {
    "read:user": "プロフィールを読む",
    "user:email": "メールアドレスを読む",
    "read:org": "所属する組織を見る",
  },
  google: {
    openid: "Google でのあなたを識別する",
    email: "メールアドレスを見る",
    profile: "名前と写真を見る",
    "https://www.googleapis.com/auth/drive.metadata.readonly": "ドライブにあるファイルの名前と詳細を見る",
  },
  hubspot: {
    oauth: "あなたを識別する",
    "crm.objects.contacts.read": "コンタクトを見る",
    "crm.objects.companies.read": "会社を見る",
    "crm.objects.owners.read": "HubSpot アカウントのメンバーを見る",
  },
  microsoft: {
    openid: "サインインする",
    profile: "基本的なプロフィールを見る",
    email: "メールアドレスを見る",
    offline_access: "与えられたアクセスを維持する",
    "User.Read": "プロフィールを読む",
    "Files.Read": "ファイルを読む",
    "Team.ReadBasic.All": "チームの名前を見る",
  },
  slack: {
    "channels:read": "パブリックチャンネルを見る",
    "groups:read": "参加しているプライベートチャンネルを見る",
    "users:read": "ワークスペースのメンバーを見る",
    "users:read.email": "ワークスペースのメンバーのメールアドレスを見る",
    "team:read": "ワークスペースの名前を見る",
  },
  spotify: {
    "user-read-private": "名前とプロフィールを見る",
    "user-read-email": "メールアドレスを見る",
    "playlist-read-private": "非公開のプレイリストを見る",
    "playlist-read-collaborative": "共同プレイリストを見る",
  },
};
