//! The districts of Beijing. Invariant: a district is stored under its Chinese name, and no name stands twice.

/// A district, or the development area that is counted beside them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct District {
    /// The Chinese name, as it is stored.
    pub zh: &'static str,
    /// The English name.
    pub en: &'static str,
}

const fn district(zh: &'static str, en: &'static str) -> District {
    District { zh, en }
}

/// The 16 districts in their official order, then the economic-technological development area.
pub const DISTRICTS: &[District] = &[
    district("东城区", "Dongcheng"),
    district("西城区", "Xicheng"),
    district("朝阳区", "Chaoyang"),
    district("丰台区", "Fengtai"),
    district("石景山区", "Shijingshan"),
    district("海淀区", "Haidian"),
    district("门头沟区", "Mentougou"),
    district("房山区", "Fangshan"),
    district("通州区", "Tongzhou"),
    district("顺义区", "Shunyi"),
    district("昌平区", "Changping"),
    district("大兴区", "Daxing"),
    district("怀柔区", "Huairou"),
    district("平谷区", "Pinggu"),
    district("密云区", "Miyun"),
    district("延庆区", "Yanqing"),
    district("经开区", "Economic-Technological Development Area"),
];

/// The district with a Chinese name.
pub fn find_district(zh: &str) -> Option<&'static District> {
    DISTRICTS.iter().find(|district| district.zh == zh)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn sixteen_districts_and_the_development_area_each_stand_once() {
        assert_eq!(DISTRICTS.len(), 17);
        assert_eq!(DISTRICTS.iter().map(|district| district.zh).collect::<BTreeSet<_>>().len(), 17);
        assert_eq!(DISTRICTS.iter().map(|district| district.en).collect::<BTreeSet<_>>().len(), 17);
        assert_eq!(find_district("海淀区").map(|district| district.en), Some("Haidian"));
        assert_eq!(find_district(""), None);
    }
}
