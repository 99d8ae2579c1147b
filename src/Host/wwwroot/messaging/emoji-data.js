// A compact choice of common emoji: a group's key, then "emoji name" pairs parted by commas. Names are what `:` completes.

const GROUPS = {
  smileys: '😀 grinning,😃 smiley,😄 smile,😁 grin,😆 laughing,😅 sweat_smile,😂 joy,🤣 rofl,🙂 slight_smile,🙃 upside_down,😉 wink,😊 blush,😇 innocent,🥰 smiling_hearts,😍 heart_eyes,🤩 star_struck,😘 kissing_heart,😋 yum,😛 tongue,😜 winky_tongue,🤪 zany,🤗 hug,🤭 giggle,🤔 thinking,🤐 zipper_mouth,🤨 raised_eyebrow,😐 neutral,😑 expressionless,😶 no_mouth,😏 smirk,😒 unamused,🙄 eye_roll,😬 grimace,😌 relieved,😔 pensive,😪 sleepy,😴 sleeping,😷 mask,🤒 sick,🤕 hurt,🥵 hot,🥶 cold,😵 dizzy,🤯 mind_blown,🤠 cowboy,🥳 party,😎 sunglasses,🤓 nerd,🧐 monocle,😕 confused,😟 worried,🙁 frown,😮 open_mouth,😯 hushed,😲 astonished,😳 flushed,🥺 pleading,😦 frowning,😨 fearful,😰 anxious,😢 cry,😭 sob,😱 scream,😞 disappointed,😓 sweat,😩 weary,😫 tired,🥱 yawn,😤 huff,😡 rage,😠 angry,🤬 swearing,😈 devil,💀 skull,💩 poop,🤡 clown,👻 ghost,👽 alien,🤖 robot',
  people: '👋 wave,🤚 raised_back,✋ hand,🖖 vulcan,👌 ok_hand,🤌 pinched,✌️ victory,🤞 crossed_fingers,🤟 love_you,🤘 rock_on,🤙 call_me,👈 point_left,👉 point_right,👆 point_up,👇 point_down,👍 thumbsup,👎 thumbsdown,✊ fist,👊 punch,👏 clap,🙌 raised_hands,👐 open_hands,🤲 palms_up,🤝 handshake,🙏 pray,✍️ writing,💪 muscle,🧠 brain,👀 eyes,👁️ eye,👄 mouth,🙋 raising_hand,🙇 bow,🤦 facepalm,🤷 shrug,💁 tipping_hand,🙅 no_good,🙆 ok_person,🏃 running,💃 dancer,🧘 meditate,👶 baby,🧑‍💻 technologist,🧑‍🚀 astronaut,🧑‍🍳 cook',
  nature: '🐶 dog,🐱 cat,🐭 mouse,🐹 hamster,🐰 rabbit,🦊 fox,🐻 bear,🐼 panda,🐨 koala,🐯 tiger,🦁 lion,🐮 cow,🐷 pig,🐸 frog,🐵 monkey,🙈 see_no_evil,🐔 chicken,🐧 penguin,🐦 bird,🦆 duck,🦉 owl,🐺 wolf,🐴 horse,🦄 unicorn,🐝 bee,🐛 bug,🦋 butterfly,🐌 snail,🐢 turtle,🐍 snake,🐙 octopus,🐬 dolphin,🐳 whale,🌱 seedling,🌳 tree,🌵 cactus,🍀 clover,🌹 rose,🌻 sunflower,🌍 earth,🌙 moon,⭐ star,☀️ sun,⛅ cloud_sun,🌧️ rain,⛈️ storm,❄️ snow,🌈 rainbow,🔥 fire,💧 drop,🌊 ocean',
  food: '🍎 apple,🍐 pear,🍊 orange,🍋 lemon,🍌 banana,🍉 watermelon,🍇 grapes,🍓 strawberry,🍒 cherries,🥝 kiwi,🍅 tomato,🥑 avocado,🥕 carrot,🌽 corn,🍞 bread,🥐 croissant,🧀 cheese,🥚 egg,🥓 bacon,🍔 burger,🍟 fries,🍕 pizza,🌭 hotdog,🥪 sandwich,🌮 taco,🥗 salad,🍝 spaghetti,🍜 ramen,🍣 sushi,🍪 cookie,🍩 doughnut,🎂 cake,🍰 shortcake,🍫 chocolate,🍿 popcorn,🍦 icecream,☕ coffee,🍵 tea,🍺 beer,🍷 wine,🥂 cheers,🍹 cocktail',
  activity: '🎉 tada,🎊 confetti,🎈 balloon,🎁 gift,🏆 trophy,🥇 gold_medal,🎯 dart,⚽ soccer,🏀 basketball,🎾 tennis,🏓 ping_pong,🎮 video_game,🎲 die,♟️ chess,🎵 music,🎸 guitar,🎨 art,🎬 clapper,🚴 cycling,🏊 swimming,🧗 climbing,🚗 car,🚲 bike,🚆 train,✈️ airplane,🚀 rocket,⛵ sailboat,🏠 house,🏢 office,🏖️ beach,⛰️ mountain,🏝️ island',
  things: '📱 phone,💻 laptop,⌨️ keyboard,🖥️ desktop,🖨️ printer,💾 floppy,📷 camera,🔋 battery,💡 bulb,🔦 flashlight,📚 books,📖 book,📝 memo,📌 pin,📎 paperclip,✂️ scissors,📅 calendar,📈 chart_up,📉 chart_down,📊 bar_chart,📦 package,📬 mailbox,✉️ envelope,🔒 lock,🔓 unlock,🔑 key,🔨 hammer,🔧 wrench,⚙️ gear,🧪 test_tube,🔍 search,💰 money,⏰ alarm,⏳ hourglass,🔔 bell,🔕 no_bell,🧯 extinguisher,🚧 construction,🧹 broom,🗑️ trash',
  signs: '❤️ heart,🧡 orange_heart,💛 yellow_heart,💚 green_heart,💙 blue_heart,💜 purple_heart,🖤 black_heart,💔 broken_heart,💯 100,✅ check,✔️ tick,❌ cross,❓ question,❗ exclamation,‼️ bangbang,⚠️ warning,🚫 no_entry,🛑 stop,➕ plus,➖ minus,♻️ recycle,🔁 repeat,⬆️ up,⬇️ down,➡️ right,⬅️ left,🔴 red_circle,🟠 orange_circle,🟡 yellow_circle,🟢 green_circle,🔵 blue_circle,🟣 purple_circle,💬 speech,💭 thought,💤 zzz,✨ sparkles,💥 boom,🆕 new,🆗 ok,🆘 sos',
};

/** @type {{group: string, emoji: string, name: string}[]} */
export const EMOJI = Object.entries(GROUPS).flatMap(([group, text]) => text.split(',').map(pair => {
  const at = pair.indexOf(' ');
  return { group, emoji: pair.slice(0, at), name: pair.slice(at + 1) };
}));

export const GROUP_KEYS = Object.keys(GROUPS);

/** @param {string} text @returns {typeof EMOJI} names that start with it first */
export function findEmoji(text, most = 200) {
  const wanted = text.toLowerCase().replace(/[\s-]/g, '_');
  const starts = EMOJI.filter(one => one.name.startsWith(wanted));
  return [...starts, ...EMOJI.filter(one => !one.name.startsWith(wanted) && one.name.includes(wanted))].slice(0, most);
}
