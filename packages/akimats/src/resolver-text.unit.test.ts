import { describe, expect, test } from 'vitest'
import { createResolver } from './index.ts'

const { resolve } = createResolver()
const electionDay = '2005-12-04'
const resolveText = (text: string, date = electionDay): ReturnType<typeof resolve> => resolve({ text, date })

describe('a settlement in the text', () => {
  test.each([
    // Russian, in its cases.
    ['в Алматы', 'KZ-75', 'KZ-75', 'Almaty'],
    ['Алматы, у типографии «Дәуір»', 'KZ-75', 'KZ-75', 'Almaty'],
    ['г. Алматы', 'KZ-75', 'KZ-75', 'Almaty'],
    ['г.Алматы, ул. Абая 50', 'KZ-75', 'KZ-75', 'Almaty'],
    ['в Караганде', 'KZ-35', 'KZ-35', 'Karagandy'],
    ['под Карагандой', 'KZ-35', 'KZ-35', 'Karagandy'],
    ['в Усть-Каменогорске', 'KZ-63', 'KZ-63', 'Ust-Kamenogorsk'],
    ['из Петропавловска', 'KZ-59', 'KZ-59', 'Petropavl'],
    ['в Семее', 'KZ-63', 'KZ-10', 'Semey'],
    ['в Шымкенте', 'KZ-61', 'KZ-79', 'Shymkent'],
    ['под Шымкентом', 'KZ-61', null, 'Shymkent'],
    ['в Талдыкоргане', 'KZ-19', 'KZ-33', 'Taldykorgan'],
    ['в г. Рудном', 'KZ-39', 'KZ-39', 'Rudnyy'],
    ['Темиртауский городской суд', 'KZ-35', 'KZ-35', 'Temirtau'],
    // Kazakh, with its suffixes.
    ['Алматы қаласында', 'KZ-75', 'KZ-75', 'Almaty'],
    ['Қарағандыда', 'KZ-35', 'KZ-35', 'Karagandy'],
    ['Шымкентте', 'KZ-61', 'KZ-79', 'Shymkent'],
    ['Өскеменнен', 'KZ-63', 'KZ-63', 'Ust-Kamenogorsk'],
    ['Ақтөбедегі жиналыс', 'KZ-15', 'KZ-15', 'Aktobe'],
    ['Жаңаөзенге', 'KZ-47', 'KZ-47', 'Zhanaozen'],
    ['Орал қаласының орталығы', 'KZ-27', 'KZ-27', 'Oral'],
    ['Жезқазғанда', 'KZ-35', 'KZ-62', 'Zhezqazghan'],
    // English and other romanisations.
    ['Almaty', 'KZ-75', 'KZ-75', 'Almaty'],
    ['Alma-Ata', 'KZ-75', 'KZ-75', 'Almaty'],
    ['in Uralsk', 'KZ-27', 'KZ-27', 'Oral'],
    ['Ust-Kamenogorsk', 'KZ-63', 'KZ-63', 'Ust-Kamenogorsk'],
    ['Oskemen', 'KZ-63', 'KZ-63', 'Ust-Kamenogorsk'],
    ['Karaganda', 'KZ-35', 'KZ-35', 'Karagandy'],
    ['Qaraghandy', 'KZ-35', 'KZ-35', 'Karagandy'],
    ['v Karagande', 'KZ-35', 'KZ-35', 'Karagandy'],
    ['Kustanai', 'KZ-39', 'KZ-39', 'Kostanay'],
    ['Kzyl-Orda', 'KZ-43', 'KZ-43', 'Kyzylorda'],
    // In one word or in two.
    ['Кзылорда', 'KZ-43', 'KZ-43', 'Kyzylorda'],
    ['Сары-Агаш', 'KZ-61', 'KZ-61', 'Saryaghash'],
    ['Алмаата', 'KZ-75', 'KZ-75', 'Almaty'],
    // Former names.
    ['Целиноград', 'KZ-71', 'KZ-71', 'Astana'],
    ['Акмолинск', 'KZ-71', 'KZ-71', 'Astana'],
    ['Гурьев', 'KZ-23', 'KZ-23', 'Atyrau'],
    ['г. Шевченко', 'KZ-47', 'KZ-47', 'Aktau'],
    ['в Джамбуле', 'KZ-31', 'KZ-31', 'Taraz'],
    ['Чимкент', 'KZ-61', 'KZ-79', 'Shymkent'],
    ['Семипалатинск', 'KZ-63', 'KZ-10', 'Semey'],
    ['Джезказган', 'KZ-35', 'KZ-62', 'Zhezqazghan'],
    ['Капчагай', 'KZ-19', 'KZ-19', 'Konayev'],
    ['Кокчетав', 'KZ-11', 'KZ-11', 'Kokshetau'],
  ])('%s', (text, regionCode, regionCodeToday, settlement) => {
    expect(resolveText(text)).toMatchObject({
      regionCode,
      regionCodeToday,
      settlement,
      method: 'settlement',
      reason: null,
    })
  })

  test.each([
    ['Шымкент', '2018-06-18', 'KZ-61', 'KZ-79'],
    ['Шымкент', '2018-06-19', 'KZ-79', 'KZ-79'],
    ['Семей', '2022-06-08', 'KZ-10', 'KZ-10'],
    ['Семей, ВКО', '2023-01-01', 'KZ-10', 'KZ-10'],
    ['Нур-Султан', '2020-01-01', 'KZ-71', 'KZ-71'],
  ])('%s on %s', (text, date, regionCode, regionCodeToday) => {
    expect(resolveText(text, date)).toMatchObject({ regionCode, regionCodeToday })
  })
})

describe('a region in the text', () => {
  test.each([
    ['в Карагандинской области', 'KZ-35', null],
    ['Карагандинская обл.', 'KZ-35', null],
    ['Алматинская область', 'KZ-19', null],
    ['Алматы облысы', 'KZ-19', null],
    ['Алматы облысында', 'KZ-19', null],
    ['Almaty region', 'KZ-19', null],
    ['Almaty oblast', 'KZ-19', null],
    ['Жамбыл облысы', 'KZ-31', 'KZ-31'],
    ['Atyrau Region', 'KZ-23', 'KZ-23'],
    ['ЮКО', 'KZ-61', null],
    ['ВКО', 'KZ-63', null],
    ['СКО', 'KZ-59', 'KZ-59'],
    ['ЗКО', 'KZ-27', 'KZ-27'],
    ['ШҚО', 'KZ-63', null],
    ['в Южном Казахстане', 'KZ-61', null],
    ['Южно-Казахстанской области', 'KZ-61', null],
    ['South Kazakhstan', 'KZ-61', null],
    ['Батыс Қазақстан облысында', 'KZ-27', 'KZ-27'],
    ['Qaragandy oblysy', 'KZ-35', null],
    ['Karagandinskaya oblast', 'KZ-35', null],
    ['Мангистауская область', 'KZ-47', 'KZ-47'],
    // Regions that were no more, or not yet.
    ['Семипалатинская область', 'KZ-63', 'KZ-10'],
    ['Абай облысы', 'KZ-63', 'KZ-10'],
    ['область Абай', 'KZ-63', 'KZ-10'],
    ['Туркестанская область', 'KZ-61', null],
    // Districts known in one region alone.
    ['Каркаралинский район', 'KZ-35', 'KZ-35'],
    ['Жаңаарқа ауданы', 'KZ-35', 'KZ-62'],
    ['Созакский р-н', 'KZ-61', 'KZ-61'],
  ])('%s', (text, regionCode, regionCodeToday) => {
    expect(resolveText(text)).toMatchObject({
      regionCode,
      regionCodeToday,
      settlement: null,
      method: 'region_name',
      reason: null,
    })
  })
})

describe('a settlement and a region in the text', () => {
  test.each([
    ['г. Талдыкорган Алматинской области', 'KZ-19', 'KZ-33', 'Taldykorgan'],
    ['Костанайской обл, г.Рудный', 'KZ-39', 'KZ-39', 'Rudnyy'],
    ['Атырау облысы, Құлсары қаласы', 'KZ-23', 'KZ-23', 'Qulsary'],
    ['Алматинская область Талгар', 'KZ-19', 'KZ-19', 'Talghar'],
    ['село Аксу, Южно-Казахстанская область', 'KZ-61', 'KZ-61', 'Aksu'],
    ['пос. Агадырь Карагандинской области', 'KZ-35', 'KZ-35', 'Aqadyr'],
    // A name that every other region has.
    ['с. Успенка Павлодарской области', 'KZ-55', 'KZ-55', 'Uspenka'],
    // Two villages of that name are there.
    ['пос. Актау Карагандинской области', 'KZ-35', 'KZ-35', null],
    ['Абайский район Карагандинской области', 'KZ-35', 'KZ-35', null],
    ['Восточно-Казахстанская область, Абайский район', 'KZ-63', 'KZ-10', null],
  ])('%s', (text, regionCode, regionCodeToday, settlement) => {
    expect(resolveText(text)).toMatchObject({ regionCode, regionCodeToday, settlement, reason: null })
  })

  test('the region beats a homonym elsewhere', () => {
    expect(resolveText('Темир, Павлодарская область')).toMatchObject({
      regionCode: 'KZ-55',
      settlement: null,
      method: 'region_name',
    })
  })

  test('a settlement in the region named is surer than one alone', () => {
    expect(resolveText('Рудный, Костанайская область').confidence).toBeGreaterThan(
      resolveText('Рудный').confidence,
    )
  })
})

describe('what the resolver abstains from', () => {
  test.each([
    ['Абайский район', 'ambiguous', ['KZ-35', 'KZ-61', 'KZ-63']],
    ['Абай ауданы', 'ambiguous', ['KZ-35', 'KZ-61', 'KZ-63']],
    ['Abai district', 'ambiguous', ['KZ-35', 'KZ-61', 'KZ-63']],
    ['Жамбылский район', 'ambiguous', ['KZ-19', 'KZ-31', 'KZ-59']],
    ['Аксу', 'ambiguous', ['KZ-11', 'KZ-55', 'KZ-61']],
    ['алматинская полиция', 'ambiguous', ['KZ-19', 'KZ-75']],
    ['под Алматы', 'ambiguous', ['KZ-19', 'KZ-75']],
    ['в 20 км от Астаны', 'ambiguous', ['KZ-11', 'KZ-71']],
    ['трасса Алматы — Астана', 'ambiguous', ['KZ-71', 'KZ-75']],
    ['на границе Акмолинской и Карагандинской областей', 'ambiguous', ['KZ-11', 'KZ-35']],
    ['Акмола', 'ambiguous', ['KZ-11', 'KZ-71']],
    ['Шымкент, Карагандинская область', 'conflicting_evidence', ['KZ-35', 'KZ-61']],
    ['Алматы, Алматинская область', 'conflicting_evidence', ['KZ-19', 'KZ-75']],
    ['Москва', 'foreign', []],
    ['в Бишкеке', 'foreign', []],
    ['Петропавловск-Камчатский', 'foreign', []],
    ['Шымкент – Тараз', 'ambiguous', ['KZ-31', 'KZ-61']],
    ['Ташкент, Узбекистан', 'foreign', []],
    ['', 'nothing_recognised', []],
    ['в семье', 'nothing_recognised', []],
    ['у здания акимата', 'nothing_recognised', []],
    ['школа имени Абая', 'nothing_recognised', []],
    ['проспект Достык', 'nothing_recognised', []],
    ['Жамбыл көшесі, 12', 'nothing_recognised', []],
    ['гостиница «Астана»', 'nothing_recognised', []],
    ['п. Первомайский, возле школы', 'nothing_recognised', []],
    ['Октябрь ауылындағы мектеп', 'nothing_recognised', []],
    ['всё жақсы', 'nothing_recognised', []],
    ['Казахстан', 'nothing_recognised', []],
  ])('%s: %s', (text, reason, candidates) => {
    expect(resolveText(text)).toEqual({
      regionCode: null,
      regionCodeToday: null,
      settlement: null,
      method: null,
      confidence: 0,
      reason,
      candidates,
    })
  })

  test('a country named beside a place is no place of its own', () => {
    expect(resolveText('посольство России в Астане').regionCode).toBe('KZ-71')
  })

  test('«г.» chooses the homonym that is a city', () => {
    expect(resolveText('г. Аксу').regionCode).toBe('KZ-55')
  })
})
