// Words of the page in Chinese and English, and names of types and relations as the vocabulary gives them.

const WORDS = {
  title: ["治理图谱", "Governance map"],
  search: ["搜索", "Search"],
  searchHint: ["姓名、组织、小区，或拼音首字母", "A person, body or compound"],
  nothing: ["没有找到", "Nothing found"],
  graph: ["关系图", "Map"],
  board: ["覆盖", "Coverage"],
  findings: ["发现", "Findings"],
  table: ["表格", "Table"],
  actors: ["主体", "Actors"],
  relations: ["关系", "Relations"],
  actor: ["主体", "Actor"],
  relation: ["关系", "Relation"],
  type: ["类型", "Type"],
  place: ["所在地", "Place"],
  places: ["所在地", "Places"],
  allPlaces: ["所有地方", "all places"],
  from: ["从", "From"],
  to: ["到", "To"],
  role: ["职务", "Post"],
  period: ["时间", "Period"],
  sure: ["确定", "certain"],
  possibly: ["可能", "possible"],
  undated: ["未注明日期", "undated"],
  yes: ["是", "yes"],
  no: ["否", "no"],
  certainty: ["确定程度", "Certainty"],
  withPossible: ["包括只是可能成立的", "Include what is only possible"],
  withUndated: ["包括未注明日期的", "Include what has no date"],
  time: ["时间", "Time"],
  allTime: ["全部时间", "All time"],
  oneDay: ["只看这一天", "This day only"],
  begin: ["起", "from"],
  end: ["止", "to"],
  fit: ["全图", "Fit"],
  undo: ["撤销", "Undo"],
  hide: ["隐藏", "Hide"],
  pin: ["固定", "Pin"],
  unpin: ["取消固定", "Unpin"],
  expand: ["展开", "Expand"],
  collapse: ["收起", "Collapse"],
  expandAll: ["全部展开", "Expand all"],
  more: ["另有", "more"],
  pathFrom: ["从这里找路径", "Path from here"],
  pathTo: ["到这里的路径", "Path to here"],
  paths: ["路径", "Paths"],
  noPath: ["八步之内没有联系", "No connection within eight steps"],
  steps: ["步", "steps"],
  legend: ["图例与筛选", "Legend and filters"],
  details: ["详情", "Details"],
  close: ["关闭", "Close"],
  quotes: ["原文", "Quotes"],
  source: ["来源", "Source"],
  noQuote: ["原文不公开", "the words are not public"],
  posts: ["任职", "Posts"],
  holders: ["任职人员", "Who holds posts"],
  ties: ["关系", "Relations"],
  attributes: ["属性", "Attributes"],
  aliases: ["又名", "Also called"],
  line: ["第 {} 行", "line {}"],
  page: ["第 {} 页", "page {}"],
  moreQuotes: ["另有 {} 条", "{} more"],
  start: ["从一个名字开始", "Start from a name"],
  startHint: [
    "输入人名、组织或小区，看它与谁有关、凭什么；或从覆盖与发现开始。",
    "Type a person, body or compound to see whom it is tied to, and by what; or begin with coverage or findings.",
  ],
  examples: ["例如", "For example"],
  drawn: ["图中有 {} 个主体、{} 条关系", "{} actors and {} relations are drawn"],
  cut: ["未画出", "left out"],
  cutHint: ["节点过多，未画出：{}", "too many to draw, left out: {}"],
  csv: ["下载 CSV", "CSV"],
  png: ["PNG", "PNG"],
  svg: ["SVG", "SVG"],
  export: ["导出", "Export"],
  asOf: ["截至", "as of"],
  made: ["数据来源：{} 份材料", "Source: {} documents"],
  sources: ["材料", "Sources"],
  lang: ["English", "中文"],
  key: ["访问密钥", "Access key"],
  keyHint: ["仅在本页保存，关闭即忘", "kept in this page only"],
  use: ["使用", "Use"],
  tier_public: ["公开", "public"],
  tier_research: ["研究", "research"],
  tier_restricted: ["本人工作区", "owner"],
  loading: ["正在读取…", "Loading…"],
  failed: ["未能读取：{}", "Could not be read: {}"],
  branch: ["党组织", "Branch"],
  committee: ["业委会", "Committee"],
  firm: ["物业", "Firm"],
  station: ["党群站", "Station"],
  gaps: ["缺口", "Gaps"],
  missing: ["缺", "missing"],
  askBoard: ["哪些小区没有党组织、业委会、物业、党群站？", "Which compounds have no branch, committee, firm or station?"],
  askFindings: ["哪些兼任可能构成利益冲突？依据哪一条？", "Which double posts are conflicts, and under which clause?"],
  compound: ["小区", "Compound"],
  community: ["社区", "Community"],
  subDistrict: ["街道", "Sub-district"],
  noPlace: ["（未注明）", "(not stated)"],
  compounds: ["{} 个小区", "{} compounds"],
  sortGap: ["按缺口排序", "most gaps first"],
  boardHint: [
    "每一格是一个小区的一类组织。“未覆盖”只在名册完整时才下结论，否则是“不明”。",
    "Each cell is one kind of body at one compound. A gap is only called one inside a complete register; else it is unknown.",
  ],
  filterCompounds: ["筛选小区、社区、街道", "Filter compounds, communities"],
  onlyGaps: ["只看有缺口的", "Only with gaps"],
  why: ["依据", "Evidence"],
  register: ["名册", "Register"],
  uncoveredWhy: [
    "这份名册声明列出了当地全部{}，其中没有这个小区的。",
    "A register that lists every {} of the place has none for this compound.",
  ],
  unknownWhy: [
    "没有声明完整的名册，所以不能断定没有。",
    "No complete register covers this place, so that absence cannot be concluded.",
  ],
  show: ["在图中查看", "Show on the map"],
  covered: ["已覆盖", "covered"],
  covered_jointly: ["联合覆盖", "covered jointly"],
  covered_by_area: ["区域覆盖", "covered by area"],
  covered_temporarily: ["临时覆盖", "covered temporarily"],
  covered_by_dispatch: ["派驻覆盖", "covered by dispatch"],
  hollow: ["负责人空缺", "nobody heads it"],
  possibly_covered: ["可能覆盖", "possibly covered"],
  uncovered: ["未覆盖", "uncovered"],
  unknown: ["不明", "unknown"],
  forbidden: ["禁止", "forbidden"],
  must_declare: ["须申报", "must declare"],
  allowed: ["允许", "allowed"],
  encouraged: ["鼓励", "encouraged"],
  required: ["应当", "required"],
  unclear: ["不明确", "unclear"],
  no_rule: ["无规定", "no rule"],
  findingsHint: [
    "兼任与亲属关系构成闭环的情形，按当地当时的规范判断。事实的确定程度与法律结论分开显示。",
    "Double posts and ties that close a circle, judged by the norms of that place and time. Fact and law are kept apart.",
  ],
  clauses: ["条款", "Clauses"],
  clauseNone: ["没有规范涉及", "no norm speaks of it"],
  against: ["存疑", "But"],
  loop: ["闭环", "The circle"],
  none: ["没有", "none"],
  all: ["全部", "all"],
  closedSet: ["共 {} 项", "{} in all"],
  canvasLabel: [
    "关系图：{} 个主体，{} 条关系。方向键移动，回车查看详情；“表格”页列出全部内容。",
    "Map with {} actors and {} relations. Arrow keys move, Enter opens details; the Table tab lists everything.",
  ],
  menu: ["图例", "Legend"],
  wholePlace: ["画出全部（{}）", "Draw all of it ({})"],
  grouped: ["比能逐个画出的多 {} 个，已按地方和类型合并", "{} more than are drawn one by one: grouped by place and type"],
  draw5000: ["最多画 5000 个", "Draw up to 5,000"],
  skip: ["跳到内容", "Skip to the content"],
};

let language = "zh";
let known = { types: {}, relations: {}, looks: {} };

export function setLanguage(lang) {
  language = lang === "en" ? "en" : "zh";
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
}

export function languageNow() {
  return language;
}

export function setVocabulary(vocabulary) {
  known = vocabulary;
}

export function vocabularyNow() {
  return known;
}

/** A word of the page; {} is replaced by the values in turn. */
export function t(key, ...values) {
  const pair = WORDS[key];
  const text = pair ? pair[language === "zh" ? 0 : 1] : String(key).replaceAll("_", " ");
  return values.reduce((filled, value) => filled.replace("{}", String(value)), text);
}

export function typeName(type) {
  return known.types[type]?.[language] ?? type ?? "";
}

export function relationName(relation) {
  return known.relations[relation]?.[language] ?? relation ?? "";
}

export function lookName(look) {
  return known.looks[look]?.[language] ?? look ?? "";
}

/** A half-open period as people read it. */
export function periodText(span) {
  if (!span) return "";
  return `${span[0] ?? "…"} – ${span[1] ?? "…"}`;
}
