import type { Words } from "../words.ts";

const back = (app: string | null): string =>
  app === null ? "元のページに戻り、最初からやり直してください。" : `${app} に戻り、最初からやり直してください。`;

export const ja: Words = {
  language: "ja",
  loading: "お待ちください…",
  title: (app) => `${app} にアカウントを接続`,
  person: (who) => `${who} さん`,
  search: "サービスを検索",
  found: (count) => `${count} 件のサービス`,
  noneFound: "該当するサービスはありません。",
  nothing: (app) => `${app} には、まだ接続できるものがありません。`,
  asks: (app, service) => `${app} が ${service} アカウントへのアクセスを求めています`,
  may: "許可される内容:",
  decides: (service) => `内容は ${service} の画面に表示されます。`,
  later: (service) => `次に ${service} が確認します。そこで断ることも、あとでいつでも取り消すこともできます。`,
  goOn: (service) => `${service} に進む`,
  leaving: (service) => `${service} に移動しています…`,
  cancel: "キャンセル",
  others: "別のサービスを選ぶ",
  again: "もう一度試す",
  close: "ウィンドウを閉じる",
  problems: {
    used: (app) => ({ title: "このリンクは使用済みです", text: `リンクは一度だけ使えます。${back(app)}` }),
    expired: (app) => ({ title: "このリンクは期限切れです", text: `有効期間が過ぎました。${back(app)}` }),
    elsewhere: (app) => ({
      title: "別のブラウザーで開始されています",
      text: `続きはそのブラウザーでのみ行えます。${back(app)}`,
    }),
    cancelled: (app) => ({ title: "キャンセルされました", text: `何も接続されていません。${back(app)}` }),
    damaged: (app) => ({
      title: "このリンクは使えません",
      text: `リンクが壊れているか、期限がとうに過ぎています。${back(app)}`,
    }),
    unavailable: (app) => ({
      title: "現在は接続できません",
      text: `設定されていません。${app === null ? "案内した担当者" : `${app} の担当者`}に伝えてください。`,
    }),
    busy: () => ({ title: "試行回数が多すぎます", text: "少し待ってから、もう一度試してください。" }),
    failed: () => ({
      title: "うまくいきませんでした",
      text: "何も接続されていません。少し待ってから、もう一度試してください。",
    }),
    missing: () => ({ title: "ここには何もありません", text: "アドレスを確かめるか、元のページに戻ってください。" }),
  },
  scopes: {
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
  },
};
