package eligibility

import (
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// oldForms are the 康熙字典体 that 常用漢字表 (平成22年内閣告示第2号) prints beside today's forms, in pairs new, old, and in the
// last line a few more old forms of its characters. Pairs that Unicode folds by itself (compatibility
// ideographs such as 神/神) need no line.
const oldForms = "亜亞悪惡圧壓囲圍医醫為爲壱壹隠隱栄榮営營衛衞駅驛円圓塩鹽縁緣艶艷応應欧歐殴毆桜櫻奥奧横橫温溫穏穩仮假価價画畫会會絵繪壊壞" +
	"懐懷概槪拡擴殻殼覚覺学學岳嶽楽樂缶罐巻卷陥陷勧勸寛寬関關歓歡観觀気氣帰歸偽僞戯戲犠犧旧舊拠據挙擧虚虛峡峽挟挾狭狹郷鄕暁曉区區駆驅勲勳" +
	"薫薰径徑茎莖恵惠掲揭渓溪経經蛍螢軽輕継繼鶏鷄芸藝撃擊県縣倹儉剣劍険險圏圈検檢献獻権權顕顯験驗厳嚴広廣効效恒恆黄黃鉱鑛号號国國黒黑砕碎済濟" +
	"斎齋剤劑雑雜参參桟棧蚕蠶惨慘賛贊残殘糸絲歯齒児兒辞辭湿濕実實釈釋寿壽収收従從渋澁獣獸縦縱粛肅処處緒緖叙敍将將称稱渉涉焼燒証證奨奬条條状狀" +
	"乗乘浄淨剰剩畳疊縄繩壌壤嬢孃譲讓醸釀触觸嘱囑真眞寝寢慎愼尽盡図圖粋粹酔醉穂穗随隨髄髓枢樞数數瀬瀨声聲斉齊静靜窃竊摂攝専專浅淺戦戰践踐銭錢" +
	"潜潛繊纖禅禪双雙壮壯争爭荘莊捜搜挿插巣巢曽曾痩瘦装裝総總騒騷蔵藏臓臟即卽属屬続續堕墮対對体體帯帶滞滯台臺滝瀧択擇沢澤担擔単單胆膽団團断斷" +
	"弾彈遅遲痴癡虫蟲昼晝鋳鑄庁廳徴徵聴聽勅敕鎮鎭逓遞鉄鐵点點転轉伝傳灯燈当當党黨盗盜稲稻闘鬪徳德独獨読讀届屆弐貳悩惱脳腦覇霸拝拜廃廢売賣麦麥" +
	"発發髪髮抜拔蛮蠻秘祕浜濱瓶甁払拂仏佛併倂並竝塀塀餅餠辺邊変變歩步宝寶豊豐褒襃翻飜毎每万萬満滿麺麵黙默弥彌訳譯薬藥与與予豫余餘誉譽揺搖様樣" +
	"謡謠来來頼賴乱亂覧覽竜龍両兩猟獵緑綠涙淚塁壘礼禮励勵戻戾霊靈齢齡暦曆歴歷恋戀錬鍊炉爐労勞楼樓録錄湾灣亀龜聡聰" +
	"飲飮渇渴顔顏却卻欠缺研硏写寫増增窓窗鬪鬭晩晚没沒隷隸郎郞"

// nameForms are further shapes that registers write for one another in names: the examples of
// docs/facts/names-and-characters.md#character-sets, the pairs of 戸籍法施行規則別表第二の一, old printed forms and
// 俗字 that characters of their own stand for, and the names that the documents are tested with. 斉 and 斎,
// 園 and 薗 are two names, not one: they are not folded.
var nameForms = [...]string{
	"亘亙",
	"巌巖",
	"晃晄",
	"穣穰",
	"禄祿",
	"萌萠",
	"晋晉",
	"青靑",
	"清淸",
	"教敎",
	"彦彥",
	"産產",
	"姫姬",
	"強强",
	"呉吳",
	"瑶瑤",
	"間閒",
	"昇曻",
	"淵渕渊",
	"橋槗𣘺",
	"剣剱劔",
	"宝寳",
	"喜㐂",
	"国圀",
	"船舩",
	"涼凉",
	"冴冱",
	"峨峩",
	"嵯嵳",
	"函凾",
	"冊册",
	"鴎鷗",
	"蒋蔣",
	"頴穎",
	"諌諫",
	"莱萊",
	"竪豎",
	"隣鄰",
	"杉杦",
	"高髙",
	"崎﨑嵜㟢",
	"辺邉",
	"吉𠮷",
	"柳栁",
	"浜濵",
	"島嶋嶌",
	"桑桒",
	"土𡈽圡",
	"富冨",
	"桧檜",
	"薮藪",
	"峰峯",
	"館舘",
	"梅楳",
	"芦蘆",
	"鶴鸖靏靍",
	"秋秌穐龝",
	"松枩枀",
	"煕熙",
	"遥遙",
	"堯尭",
	"槙槇",
	"祢禰",
	"凜凛",
	"籠篭",
	"靭靱",
	"朗朖",
	"野埜",
	"戸戶户",
	"凡凢",
	"内內",
	"悦悅",
	"尚尙",
	"説說",
	"税稅",
	"鋭銳",
	"閲閱",
	"脱脫",
	"兎兔",
}

// kanaForms are kana that readings confuse: small and large, and the merged sounds.
var kanaForms = map[rune]rune{
	'ァ': 'ア',
	'ィ': 'イ',
	'ゥ': 'ウ',
	'ェ': 'エ',
	'ォ': 'オ',
	'ッ': 'ツ',
	'ャ': 'ヤ',
	'ュ': 'ユ',
	'ョ': 'ヨ',
	'ヮ': 'ワ',
	'ヵ': 'カ',
	'ヶ': 'ケ',
	'ヂ': 'ジ',
	'ヅ': 'ズ',
	'ヲ': 'オ',
	'ヰ': 'イ',
	'ヱ': 'エ',
}

// foldTable leads each variant to the form that stands for all of its group.
var foldTable = func() map[rune]rune {
	table := make(map[rune]rune)
	join := func(first, other rune) {
		if to, ok := table[first]; ok {
			first = to
		}
		if other != first {
			table[other] = first
		}
	}
	pair := []rune(oldForms)
	for i := 0; i+1 < len(pair); i += 2 {
		join(pair[i], pair[i+1])
	}
	for _, group := range nameForms {
		forms := []rune(group)
		for _, other := range forms[1:] {
			join(forms[0], other)
		}
	}
	for small, large := range kanaForms {
		table[small] = large
	}
	for stroked, plain := range strokes {
		table[stroked] = plain
	}
	return table
}()

// strokes are Latin letters whose stroke Unicode does not take for an accent.
var strokes = map[rune]rune{'Đ': 'D', 'Ð': 'D', 'Ħ': 'H', 'Ł': 'L', 'Ø': 'O', 'Ŧ': 'T', 'ı': 'I'}

// foldRune returns the form that stands for a character and its variants. Compatibility ideographs fold as
// Unicode says, Latin letters lose their accents and strokes.
func foldRune(r rune) rune {
	if f, ok := foldTable[r]; ok {
		return f
	}
	// kana and ideographs decompose into nothing else
	if r < 0x80 || r > 'ぁ' && r <= 'ヺ' || r >= 0x3400 && r <= 0x9FFF {
		return r
	}
	var buf, dst [16]byte
	n := copy(buf[:], string(r))
	form := norm.NFKD
	if r >= 0x3000 && r <= 0x30ff { // ガ must not become カ
		form = norm.NFKC
	}
	c, _ := utf8.DecodeRune(form.Append(dst[:0], buf[:n]...))
	if f, ok := foldTable[c]; ok {
		return f
	}
	return c
}
